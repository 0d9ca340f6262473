import FoundationEssentials
import GRDB
public import SecretSafeAPI

/// A mail of the outbox.
public struct Mail: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    /// It goes out from that moment on.
    case waiting(due: Timestamp)
    case sent(Timestamp)
    /// Another one took its place, or it failed for good.
    case ended
  }

  public let row: Int64
  public let organization: OrganizationID
  public let organizationName: String
  public let kind: MailKind
  /// Of the member it goes to.
  public let email: String
  public let name: String?
  /// What the kind says.
  public let detail: String?
  /// What accepts the invitation, while it can be accepted.
  public let link: InvitationLink?
  public let created: Timestamp
  public let state: State
  public let attempts: Int
  /// Why the last attempt failed.
  public let failure: String?
}

extension Mail {
  fileprivate static let query = """
    SELECT x.row, o.row, o.id, o.name, x.kind, m.email, m.name, x.detail, x.token, x.created, x.due, x.sent, x.attempts, x.failure, m.status
    FROM mails x JOIN organizations o ON o.row = x.organization JOIN members m ON m.organization = x.organization AND m.id = x.member
    """

  fileprivate init(_ row: StoredRow) {
    self.row = row[0]
    organization = OrganizationID(row: row[1], id: row.id(2))
    organizationName = row[3]
    kind = MailKind(rawValue: row[4]) ?? .invitation
    email = row[5]
    name = row[6]
    detail = row[7]
    let isInvited = (row[14] as Int) == MemberStatus.invited.rawValue
    link = isInvited ? (row[8] as Data?).map { InvitationLink(mail: row[0], token: $0) } : nil
    created = Timestamp(microseconds: row[9])
    let due = (row[10] as Int64?).map(Timestamp.init(microseconds:))
    let sent = (row[11] as Int64?).map(Timestamp.init(microseconds:))
    state = sent.map(State.sent) ?? due.map(State.waiting) ?? .ended
    attempts = row[12]
    failure = row[13]
  }
}

extension Snapshot {
  /// Mails, newest first, before the row; and the row where to go on, if there are more.
  public func mails(before row: Int64 = .max, limit: Int) throws -> (mails: [Mail], next: Int64?) {
    let rows = try db.rows(Mail.query + " WHERE x.organization = ? AND x.row < ? ORDER BY x.row DESC LIMIT ?", [organization, row, limit + 1])
    var mails: [Mail] = []
    while let row = try rows.next() {
      if mails.count == limit { return (mails, mails.last?.row) }
      mails.append(Mail(row))
    }
    return (mails, nil)
  }
}

extension Store {
  /// Mails of all organizations that are to be sent at that moment, the longest due first.
  public func dueMails(_ now: Timestamp, limit: Int) throws -> [Mail] {
    try readRows { db in
      let rows = try db.rows(Mail.query + " WHERE x.due <= ? ORDER BY x.due LIMIT ?", [now.microseconds, limit])
      var mails: [Mail] = []
      while let row = try rows.next() { mails.append(Mail(row)) }
      return mails
    }
  }

  /// Remembers that the mail went out just now.
  public func markSent(_ mail: Mail) async throws {
    try await writer.perform { db in
      try db.run(
        "UPDATE mails SET sent = ?, due = NULL, attempts = attempts + 1, failure = NULL WHERE row = ?",
        [Timestamp.now().microseconds, mail.row])
    }
  }

  /// Remembers why an attempt failed, and when the next one is; nil for none. A mail that was replaced meanwhile stays so.
  public func markFailed(_ mail: Mail, _ reason: String, next: Timestamp?) async throws {
    try await writer.perform { db in
      try db.run(
        "UPDATE mails SET due = CASE WHEN due IS NULL THEN NULL ELSE ? END, attempts = attempts + 1, failure = ? WHERE row = ?",
        [next?.microseconds, reason, mail.row])
    }
  }
}
