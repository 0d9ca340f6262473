import FoundationEssentials
import GRDB
public import SecretSafeAPI

/// What an invitation's link says: the mail that brought it, and its token in hexadecimal.
public struct InvitationLink: Hashable, Sendable, CustomStringConvertible {
  let mail: Int64
  let token: String

  public var description: String { "\(mail)-\(token)" }

  /// Nil for what cannot be one.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].utf8.count == 64, let mail = Int64(parts[0]), Data(hexadecimal: parts[1]) != nil else { return nil }
    self.mail = mail
    token = String(parts[1])
  }

  init(mail: Int64, token: Data) {
    self.mail = mail
    self.token = hexadecimal(token)
  }
}

/// Whom an invitation that can be accepted is for.
public struct Invitation: Hashable, Sendable {
  public let organization: OrganizationID
  public let organizationName: String
  public let email: String
  let member: GUID
}

/// Why a link opens nothing.
public enum InvitationFailure: Error, Hashable {
  /// There is no such invitation, or the token is wrong.
  case unknown
  /// It was accepted, replaced by a newer one, or the member is no longer invited.
  case over
}

extension Store {
  /// The invitation behind a link. Throws an `InvitationFailure`.
  public func invitation(_ link: InvitationLink) throws -> Invitation {
    try readRows { try Self.invitation(link, $0) }
  }

  /// Accepts an invitation: the member awaits confirmation, and the link ends. Throws an `InvitationFailure`. No event tells of it (`api.md` 5.4).
  public func acceptInvitation(_ link: InvitationLink, name: String) async throws {
    let name = name.trimmed
    let invitation = try invitation(link)
    try await change(invitation.organization) { change in
      // Looked at again: another request may have been faster.
      let invitation = try Self.invitation(link, change.db)
      try change.accept(invitation.member, name: name)
    }
  }

  private static func invitation(_ link: InvitationLink, _ db: Database) throws -> Invitation {
    let found = try db.row(
      """
      SELECT o.row, o.id, o.name, m.email, m.id, m.status, x.token FROM mails x JOIN organizations o ON o.row = x.organization
      JOIN members m ON m.organization = x.organization AND m.id = x.member WHERE x.row = ? AND x.kind = 0
      """, [link.mail]
    ) { row in
      guard let token = row[6] as Data? else { throw InvitationFailure.over }
      guard let given = Data(hexadecimal: link.token), Secrets.areEqual(token, given) else { throw InvitationFailure.unknown }
      guard (row[5] as Int) == MemberStatus.invited.rawValue else { throw InvitationFailure.over }
      return Invitation(organization: OrganizationID(row: row[0], id: row.id(1)), organizationName: row[2], email: row[3], member: row.id(4))
    }
    guard let found else { throw InvitationFailure.unknown }
    return found
  }
}

extension Change {
  fileprivate func accept(_ id: GUID, name: String) throws {
    let member = try existing(id)
    try db.run(
      "UPDATE members SET status = 1, user_id = ?, name = ? WHERE organization = ? AND id = ?",
      [(member.userId ?? .random()).key, name.isEmpty ? member.name : name, organization, id.key])
    try endInvitations(of: id)
  }

  /// Makes an accepted member a full one (`api.md` 3.2.9), which the API cannot do: the web safe can.
  public func confirm(_ id: GUID) throws {
    let member = try existing(id)
    guard member.status == MemberStatus.accepted.rawValue else { throw Refusal.rule("User not valid.") }
    try db.run(
      "UPDATE members SET status = 2, user_id = ? WHERE organization = ? AND id = ?", [(member.userId ?? .random()).key, organization, id.key])
    try record(.memberConfirmed, member: id)
  }
}
