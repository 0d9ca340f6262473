import GRDB
public import SecretSafeAPI

/// An owner who may sign in to the web safe.
public struct Owner: Hashable, Sendable {
  public let organization: OrganizationID
  public let organizationName: String
  public let member: GUID
  /// What events tell of the one who acts; nil for a member that was loaded without one.
  public let userId: GUID?
  public let email: String
}

extension Store {
  /// Seconds that a session lasts at most, and those without a request that end it.
  public static let sessionLifetime = 12 * 3_600
  public static let sessionIdle = 3_600
  /// Seconds that may pass before a request moves the session's end: not each one is worth a write.
  static let sessionStep = 60

  private static let ownersQuery = """
    SELECT o.row, o.id, o.name, m.id, m.user_id, m.email FROM members m JOIN organizations o ON o.row = m.organization
    """

  /// The confirmed owners of that address whose password it is, one for each of their organizations.
  ///
  /// For an unknown address as much is computed as for a known one: one hash, or one for each organization that it is an owner of.
  /// It blocks for some 100 ms each.
  public func owners(email: String, password: String) throws -> [Owner] {
    let email = email.lowercased()
    let candidates = try readRows { db in
      let rows = try db.rows(
        Self.ownersQuery + " JOIN passwords p ON p.organization = m.organization AND p.member = m.id"
          + " WHERE m.email = ? AND m.type = 0 AND m.status = 2 ORDER BY o.row", [email])
      var found: [Owner] = []
      while let row = try rows.next() { found.append(Owner(row)) }
      return found
    }
    if candidates.isEmpty { try PasswordHash.makeForNobody(password) }
    return try candidates.filter { try accepts($0.organization, $0.member, password: password) }
  }

  /// Opens a session, and records that the owner signed in. Throws a `Refusal` for one who is no confirmed owner any more.
  public func openSession(_ owner: Owner, from origin: Origin) async throws -> SessionToken {
    let token = SessionToken()
    // Events name who acts by the account, so whoever signs in gets one.
    let account = owner.userId ?? .random()
    var origin = origin
    origin.actingUser = account
    try await change(owner.organization, from: origin) { change in
      guard try change.existing(owner.member).isConfirmedOwner else { throw Refusal.noSuchObject }
      try change.db.run(
        "UPDATE members SET user_id = ? WHERE organization = ? AND id = ? AND user_id IS NULL",
        [account.key, owner.organization.row, owner.member.key])
      try change.db.run("DELETE FROM web_sessions WHERE expires <= ?", [change.now.microseconds])
      try change.db.run(
        "INSERT INTO web_sessions (hash, organization, member, created, expires) VALUES (?, ?, ?, ?, ?)",
        [
          token.hash, owner.organization.row, owner.member.key, change.now.microseconds,
          change.now.adding(seconds: Self.sessionIdle).microseconds,
        ])
      try change.record(.userSignedIn)
    }
    return token
  }

  /// Whose session it is; nil when it has ended, or its owner is no confirmed owner any more. Using it puts off the end for idleness.
  public func session(_ token: SessionToken) async throws -> Owner? {
    let now = Timestamp.now()
    let found = try readRows { db in
      try db.row(
        """
        SELECT o.row, o.id, o.name, m.id, m.user_id, m.email, s.created, s.expires FROM web_sessions s
        JOIN members m ON m.organization = s.organization AND m.id = s.member JOIN organizations o ON o.row = m.organization
        WHERE s.hash = ? AND s.expires > ? AND m.type = 0 AND m.status = 2
        """, [token.hash, now.microseconds]
      ) { (owner: Owner($0), created: Timestamp(microseconds: $0[6]), expires: Timestamp(microseconds: $0[7])) }
    }
    guard let found else { return nil }
    let later = min(now.adding(seconds: Self.sessionIdle), found.created.adding(seconds: Self.sessionLifetime))
    if later >= found.expires.adding(seconds: Self.sessionStep) {
      try await writer.perform { try $0.run("UPDATE web_sessions SET expires = ? WHERE hash = ?", [later.microseconds, token.hash]) }
    }
    return found.owner
  }

  /// Signs out; a session that has ended already is no error.
  public func endSession(_ token: SessionToken) async throws {
    try await writer.perform { try $0.run("DELETE FROM web_sessions WHERE hash = ?", [token.hash]) }
  }
}

extension Change {
  /// What is no owner's any more has ended already; this keeps it from going on should the member become one again.
  func endSessions(of member: GUID) throws {
    try db.run("DELETE FROM web_sessions WHERE organization = ? AND member = ?", [organization, member.key])
  }
}

extension Owner {
  fileprivate init(_ row: StoredRow) {
    self.init(
      organization: OrganizationID(row: row[0], id: row.id(1)), organizationName: row[2], member: row.id(3), userId: row.idOrNil(4),
      email: row[5])
  }
}

extension MemberRecord {
  var isConfirmedOwner: Bool { type == MemberType.owner.rawValue && status == MemberStatus.confirmed.rawValue }
}
