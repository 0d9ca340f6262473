import Crypto
import FoundationEssentials
import GRDB
public import SecretSafeAPI

/// A token as it is shown once, and the whole seconds that it lives.
public struct IssuedToken: Hashable, Sendable {
  public let text: String
  public let lifetime: Int
}

/// What a token stands for.
public struct Grant: Hashable, Sendable {
  public let organization: OrganizationID
  public let scopes: Scopes
  /// Whether it comes from a scoped key, which may deal with members of type user only.
  public let isScoped: Bool
}

extension Store {
  /// Seconds that a token lives (`api.md` 1.4), if its key does not end earlier.
  public static let tokenLifetime = 3600

  /// Which key the credentials belong to: nothing if there is none, or its time is over.
  public func scopes(organization id: GUID, key: GUID?, secret: String) throws -> Scopes? {
    try readRows { try Self.find(organization: id, key: key, secret: secret, $0)?.scopes }
  }

  /// A new token with these scopes, or nil if the secret is none of the organization's keys', or its key may do less.
  public func issueToken(
    organization id: GUID, key: GUID? = nil, secret: String, scopes: Scopes = .organization, lifetime: Int = Store.tokenLifetime
  ) async throws -> IssuedToken? {
    let token = Secrets.token()
    return try await writer.perform { db in
      // In the same transaction: the row of a key that ended before may be that of the key in its place.
      guard let key = try Self.find(organization: id, key: key, secret: secret, db), key.scopes.allows(scopes) else { return nil }
      let now = Timestamp.now()
      try db.run("DELETE FROM tokens WHERE expires <= ?", [now.microseconds])
      let latest = now.adding(seconds: lifetime)
      let expires = min(latest, key.expires ?? latest)
      try db.run(
        "INSERT INTO tokens (hash, api_key, organization, expires, scopes) VALUES (?, ?, ?, ?, ?)",
        [Secrets.hash(token), key.row, key.organization, expires.microseconds, scopes.rawValue])
      return IssuedToken(text: token, lifetime: max(0, Int((expires.microseconds - now.microseconds) / 1_000_000)))
    }
  }

  private struct FoundKey {
    let row: Int64
    let organization: Int64
    let scopes: Scopes
    let expires: Timestamp?
  }

  private static func find(organization id: GUID, key: GUID?, secret: String, _ db: Database) throws -> FoundKey? {
    let hash = Secrets.hash(secret)
    let keys = try db.rows(
      """
      SELECT k.row, organization, secret_hash, scopes, expires, k.id FROM api_keys k
      JOIN organizations ON organizations.row = organization WHERE organizations.id = ?
      """, [id.key])
    var found: FoundKey?
    while let row = try keys.next() {
      let expires = (row[4] as Int64?).map(Timestamp.init(microseconds:))
      guard Secrets.areEqual(row[2], hash), row.idOrNil(5) == key, expires.map({ $0 > .now() }) ?? true else { continue }
      found = FoundKey(row: row[0], organization: row[1], scopes: Scopes(rawValue: row[3]), expires: expires)
    }
    return found
  }

  /// What a token stands for, or nil if it is unknown or its time is over.
  ///
  /// It is found by its hash, so how far a guess agrees with a token does not show in the time taken. What was found is
  /// remembered until any key ends, in this process or another.
  public func grant(token: String) throws -> Grant? {
    let hash = Secrets.digest(token)
    let now = Timestamp.now()
    return try withReader { reader in
      let mark = reader.mark
      if let mark, let known = tokens.grant(hash, now, at: mark) { return known }
      return try reader.read { db in
        let changes = try db.number("SELECT count FROM key_changes", [])
        if let known = tokens.grant(hash, now, changes, countedAfter: mark) { return known }
        return try db.row(
          """
          SELECT o.row, o.id, t.expires, t.scopes, k.kind FROM tokens t
          JOIN organizations o ON o.row = t.organization JOIN api_keys k ON k.row = t.api_key WHERE hash = ? AND t.expires > ?
          """, [Data(hash), now.microseconds]
        ) { row in
          let grant = Grant(
            organization: OrganizationID(row: row[0], id: row.id(1)), scopes: Scopes(rawValue: row[3]),
            isScoped: (row[4] as Int) == KeyKind.scoped.rawValue)
          tokens.keep(hash, grant, until: Timestamp(microseconds: row[2]), changes, countedAfter: mark)
          return grant
        }
      }
    }
  }
}
