import FoundationEssentials
import GRDB
import SecretSafeAPI

/// Why a mail is written.
public enum MailKind: Int, Sendable {
  /// Holds the link that accepts an invitation.
  case invitation = 0
  /// Tells a member that a policy suspended the membership; the detail is the policy's display name.
  case suspension = 1
  /// Tells an owner that seats were added; the detail is how many there are now.
  case seats = 2
}

extension Change {
  /// Writes an invitation into the outbox with a new link.
  func writeInvitation(to member: GUID) throws { try write(.invitation, to: member, token: Secrets.bytes(32)) }

  /// Ends the links of a member's earlier invitations, and the mails that would still bring them.
  func endInvitations(of member: GUID) throws {
    try db.run(
      "UPDATE mails SET token = NULL, due = NULL WHERE organization = ? AND member = ? AND kind = 0", [organization, member.key])
  }

  func write(_ kind: MailKind, to member: GUID, detail: String? = nil, token: Data? = nil) throws {
    try db.run(
      "INSERT INTO mails (organization, member, kind, detail, token, created, due) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [organization, member.key, kind.rawValue, detail, token, now.microseconds, now.microseconds])
  }

  func hasWaiting(_ kind: MailKind, to member: GUID) throws -> Bool {
    try db.has(
      "SELECT 1 FROM mails WHERE organization = ? AND member = ? AND kind = ? AND due IS NOT NULL", [organization, member.key, kind.rawValue])
  }
}
