import Logging
import SecretSafeAPI
import SecretSafeStore
import ServiceLifecycle

/// Sends what waits in the outbox through a command, until the server stops.
///
/// It looks once a second, by an index that holds only what waits. A signal from the writer would come sooner, but not from the
/// command line, which writes mails into the same file from a process of its own, nor for attempts that become due.
struct MailSender: Service {
  /// Commands at once: each may be a process of some size, and mail servers dislike more.
  static let width = 4
  /// Seconds that commands have to finish in when the server stops.
  static let patience = 3

  let store: Store
  let address: PublicAddress
  let command: MailCommand
  /// Who the mails are from; nil for `safesh` at the host of the address.
  let from: String?
  var pause: Duration = .seconds(1)
  /// Told what went wrong.
  let log: Logger?

  func run() async throws {
    let (stops, stop) = AsyncStream<Void>.makeStream()
    await withGracefulShutdownHandler {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await work() }
        group.addTask {
          for await _ in stops {}
          try? await Task.sleep(for: .seconds(Self.patience))
        }
        await group.next()
        group.cancelAll()
      }
    } onGracefulShutdown: {
      stop.finish()
    }
  }

  /// Sends all that is due, in rounds, until the server stops.
  private func work() async {
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      do {
        if address.url != nil { while try await sendDue(.now()), !Task.isCancelled, !Task.isShuttingDownGracefully {} }
      } catch {
        log?.error("the outbox cannot be read", metadata: ["error": "\(error)"])
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
    }
  }

  /// Sends at most so many as run at once; false if there was nothing to send.
  func sendDue(_ now: Timestamp) async throws -> Bool {
    let mails = try store.dueMails(now, limit: Self.width)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for mail in mails { group.addTask { try await send(mail) } }
      try await group.waitForAll()
    }
    return !mails.isEmpty
  }

  private func send(_ mail: Mail) async throws {
    guard let message = message(mail) else {
      let reason = mail.body(address) == nil ? "the invitation is over" : "\(mail.email) cannot be written as the address of a mail"
      return try await store.markFailed(mail, reason, next: nil)
    }
    do throws(MailCommand.Failure) {
      try await command.run(message.text)
    } catch {
      log?.warning("mail not sent", metadata: ["mail": "\(mail.row)", "attempts": "\(mail.attempts + 1)", "error": "\(error)"])
      return try await store.markFailed(mail, error.description, next: MailBackoff.next(afterFailures: mail.attempts + 1, at: .now()))
    }
    // Only now: a server that ends here sends it again, with the same id.
    try await store.markSent(mail)
  }

  /// Nil for a mail that cannot be sent.
  func message(_ mail: Mail) -> MailMessage? {
    guard let from = Mailbox(name: mail.organizationName, address: sender), let to = Mailbox(name: mail.name, address: mail.email),
      let body = mail.body(address)
    else { return nil }
    let host = sender.split(separator: "@").last ?? "localhost"
    return MailMessage(
      from: from, to: to, subject: mail.subject, body: body, date: mail.created,
      id: "\(mail.row).\(mail.created.microseconds).\(mail.organization.id)@\(host)")
  }

  private var sender: String { from ?? Self.defaultSender(host: address.host ?? "localhost") }

  /// An address of the host, whose number stands between brackets.
  static func defaultSender(host: String) -> String {
    let bare = host.trimmingPrefix("[").prefix { $0 != "]" }
    if bare.contains(":") { return "safesh@[IPv6:\(bare)]" }
    let isNumeric = bare.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    return isNumeric ? "safesh@[\(bare)]" : "safesh@\(bare)"
  }
}
