import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/outbox`: mails and what became of them
enum OutboxPages {
  static let routes: [WebRoute] = [.get("/outbox", outbox)]

  private struct Row: Sendable {
    let made: String
    let to: String
    let what: String
    let link: String?
    let state: String
    let stateClass: String
    let note: String?
  }

  private struct Content: Sendable {
    let sendsMail: Bool
    let mails: [Row]
    let hasMails: Bool
    let first: String?
    let next: String?
  }

  private static func outbox(_ visit: OwnerVisit) throws -> Response {
    let before = visit.query["before"].flatMap { Int64($0) }
    let page = try visit.read { try $0.mails(before: before ?? .max, limit: WebSafe.pageSize) }
    let rows = page.mails.map { row($0, visit.web.settings) }
    return visit.page(
      "outbox", "Outbox",
      Content(
        sendsMail: visit.web.settings.sendsMail, mails: rows, hasMails: !rows.isEmpty, first: before == nil ? nil : "/outbox",
        next: page.next.map { "/outbox?before=\($0)" }))
  }

  private static func row(_ mail: Mail, _ settings: WebSettings) -> Row {
    let (state, markClass, note) = state(mail)
    return Row(
      made: mail.created.clock, to: mail.email, what: mail.subject, link: mail.link.map { settings.address.invitationURL($0) }, state: state,
      stateClass: markClass, note: note)
  }

  private static func state(_ mail: Mail) -> (String, String, String?) {
    let failure = mail.failure.map { "\($0) (\(mail.attempts == 1 ? "one attempt" : "\(mail.attempts) attempts"))" }
    return switch mail.state {
    case .sent(let moment): ("sent", "good", moment.pageText)
    case .waiting(let due) where mail.failure != nil: ("failed", "bad", (failure ?? "") + "; next attempt \(due.pageText)")
    case .waiting: ("waiting", "warn", nil)
    case .ended where mail.failure != nil: ("given up", "bad", failure)
    case .ended: ("not sent", "", "no longer needed")
    }
  }
}
