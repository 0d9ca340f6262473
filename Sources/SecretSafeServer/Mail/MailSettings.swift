import Logging
import SecretSafeStore

/// How mails are sent.
struct MailSettings: Hashable, Sendable {
  let command: String
  let from: String?
}

extension MailSender {
  init(store: Store, settings: MailSettings, address: PublicAddress, log: Logger?) {
    self.init(store: store, address: address, command: MailCommand(line: settings.command), from: settings.from, log: log)
  }
}

extension ServerOptions {
  /// What the web safe and the mail need of the options. Throws a `ServerError` for what cannot be meant.
  func outward() throws -> (web: WebSettings, mail: MailSettings?) {
    let url = try publicURL.map { text -> String in
      guard let url = PublicAddress.normalized(text) else {
        throw ServerError(.other, "\(text) is no public URL: name scheme, host and port alone, as https://safe.example.net")
      }
      return url
    }
    if let mailFrom, Mailbox(address: mailFrom) == nil {
      throw ServerError(.other, "\(mailFrom) is no address that mails can be from: name one as safesh@example.net")
    }
    if sendmail?.given == nil, sendmail != nil { throw ServerError(.other, "the command for mails is empty: name one as 'msmtp -t', or none") }
    return (
      WebSettings(address: PublicAddress(url), sendsMail: sendmail != nil),
      sendmail.map { MailSettings(command: $0, from: mailFrom) }
    )
  }
}
