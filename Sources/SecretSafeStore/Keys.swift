import GRDB
public import SecretSafeAPI

/// An organization's credentials as they are shown once; the store keeps a hash of the secret.
public struct IssuedKey: Hashable, Sendable {
  public let clientID: String
  public let clientSecret: String
}

/// What a key is for; the numbers are those of the database.
public enum KeyKind: Int, Sendable {
  /// The organization's own, of which there is one.
  case organization = 0
  /// The sandbox's of this start.
  case sandbox = 1
  /// One of several that may do less (`api.md` 12.1).
  case scoped = 2
}

/// A key without its secret.
public struct KeySummary: Hashable, Sendable {
  public let kind: KeyKind
  public let clientID: String
  /// Nil but for scoped keys.
  public let id: GUID?
  public let name: String?
  public let scopes: Scopes
  public let created: Timestamp
  public let expires: Timestamp?
}

extension Store {
  /// Scoped keys of one organization (`api.md` 12.1).
  public static let scopedKeyLimit = 20

  public func hasKey(_ organization: OrganizationID, _ kind: KeyKind) throws -> Bool {
    try readRows {
      try $0.has("SELECT 1 FROM api_keys WHERE organization = ? AND kind = ?", [organization.row, kind.rawValue])
    }
  }

  /// The organization's keys, its own first, then the scoped ones by age.
  public func keys(_ organization: OrganizationID) throws -> [KeySummary] {
    try readRows { db in
      let rows = try db.rows(
        "SELECT kind, id, name, scopes, created, expires FROM api_keys WHERE organization = ? AND kind != 1 ORDER BY kind, row",
        [organization.row])
      var keys: [KeySummary] = []
      while let row = try rows.next() {
        let id = row.idOrNil(1)
        keys.append(
          KeySummary(
            kind: KeyKind(rawValue: row[0]) ?? .scoped, clientID: organization.clientID(key: id), id: id, name: row[2],
            scopes: Scopes(rawValue: row[3]), created: Timestamp(microseconds: row[4]),
            expires: (row[5] as Int64?).map(Timestamp.init(microseconds:))))
      }
      return keys
    }
  }

  /// Makes a key, replacing the one of that kind; the old secret and its tokens end at once (`api.md` 1.2).
  public func issueKey(_ organization: OrganizationID, _ kind: KeyKind) async throws -> IssuedKey {
    let secret = Secrets.clientSecret()
    try await change(organization) { try $0.replaceKey(kind, secret) }
    return IssuedKey(clientID: organization.clientID(), clientSecret: secret)
  }

  /// Replaces the organization's own key if it still is the one of that moment (nil for none), so that a request that comes twice
  /// replaces it once. Throws a `Refusal` otherwise.
  public func rotateKey(_ organization: OrganizationID, madeAt created: Timestamp?, from origin: Origin) async throws -> IssuedKey {
    let secret = Secrets.clientSecret()
    try await change(organization, from: origin) { change in
      let present = try change.db.row("SELECT created FROM api_keys WHERE organization = ? AND kind = 0", [organization.row]) { $0[0] as Int64 }
      guard present == created?.microseconds else { throw Refusal.rule("The key was replaced already; nothing was changed.") }
      // Two keys of one moment could not be told apart.
      let moment = max(change.now, created.map { Timestamp(microseconds: $0.microseconds + 1) } ?? change.now)
      try change.replaceKey(.organization, secret, at: moment)
    }
    return IssuedKey(clientID: organization.clientID(), clientSecret: secret)
  }

  /// Makes a scoped key (`api.md` 12.1). Throws a `Refusal` for a name that is empty or too long, a date in the past, one key too many,
  /// or an id that a key has already.
  public func addKey(
    _ organization: OrganizationID, id: GUID = .random(), name: String, scopes: Scopes, expires: Timestamp?, from origin: Origin = Origin()
  ) async throws -> IssuedKey {
    let secret = Secrets.clientSecret()
    let name = name.trimmed
    try await change(organization, from: origin) { change in
      guard (1...200).contains(name.unicodeScalars.count) else { throw Refusal.rule("A key's name has 1 to 200 characters.") }
      guard !scopes.isEmpty else { throw Refusal.rule("A key needs at least one scope.") }
      if let expires, expires <= change.now { throw Refusal.rule("A key's expiry has to be in the future.") }
      let count = try change.db.number("SELECT count(*) FROM api_keys WHERE organization = ? AND kind = 2", [organization.row])
      if try change.db.has("SELECT 1 FROM api_keys WHERE organization = ? AND id = ?", [organization.row, id.key]) {
        throw Refusal.rule("The key was made already; nothing was changed.")
      }
      guard count < Self.scopedKeyLimit else { throw Refusal.rule("An organization has at most \(Self.scopedKeyLimit) scoped keys.") }
      try change.db.run(
        "INSERT INTO api_keys (organization, kind, id, name, scopes, expires, secret_hash, created) VALUES (?, 2, ?, ?, ?, ?, ?, ?)",
        [organization.row, id.key, name, scopes.rawValue, expires?.microseconds, Secrets.hash(secret), change.now.microseconds])
      try change.record(.scopedKeyCreated)
    }
    return IssuedKey(clientID: organization.clientID(key: id), clientSecret: secret)
  }

  /// Ends a scoped key and its tokens. Throws `Refusal.noSuchObject` if there is none of that id.
  public func revokeKey(_ organization: OrganizationID, _ id: GUID, from origin: Origin = Origin()) async throws {
    try await change(organization, from: origin) { change in
      try change.db.run("DELETE FROM api_keys WHERE organization = ? AND id = ?", [organization.row, id.key])
      guard change.db.changesCount > 0 else { throw Refusal.noSuchObject }
      try change.record(.scopedKeyRevoked)
    }
  }
}

extension Change {
  func replaceKey(_ kind: KeyKind, _ secret: String, at moment: Timestamp? = nil) throws {
    try db.run("DELETE FROM api_keys WHERE organization = ? AND kind = ?", [organization, kind.rawValue])
    try db.run(
      "INSERT INTO api_keys (organization, kind, secret_hash, created) VALUES (?, ?, ?, ?)",
      [organization, kind.rawValue, Secrets.hash(secret), (moment ?? now).microseconds])
  }
}

extension OrganizationID {
  /// Of the organization's own key, or of a scoped one (`api.md` 1.2, 12.1).
  public func clientID(key: GUID? = nil) -> String { "organization.\(id)" + (key.map { ".\($0)" } ?? "") }
}
