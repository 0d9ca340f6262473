import Crypto
import FoundationEssentials
import GRDB
public import SecretSafeAPI

/// An organization's credentials as they are shown once; the store keeps a hash of the secret.
public struct IssuedKey: Hashable, Sendable {
  public let clientID: String
  public let clientSecret: String
}

public enum KeyKind: Int, Sendable {
  case organization = 0
  case sandbox = 1
}

extension Store {
  /// Seconds that a token lives (`api.md` 1.4).
  public static let tokenLifetime = 3600

  /// The only organization, or nil in a new database.
  public func organization() throws -> OrganizationID? {
    try readRows { db in
      try db.row("SELECT row, id FROM organizations ORDER BY row LIMIT 1", []).map {
        OrganizationID(row: $0[0], id: $0.id(1))
      }
    }
  }

  public func createOrganization(_ id: GUID = .random(), name: String) async throws -> OrganizationID {
    try await writer.perform { db in
      try db.run("INSERT INTO organizations (id, name, created) VALUES (?, ?, ?)", [id.key, name, Timestamp.now().microseconds])
      return OrganizationID(row: db.lastInsertedRowID, id: id)
    }
  }

  public func hasKey(_ organization: OrganizationID, _ kind: KeyKind) throws -> Bool {
    try readRows {
      try $0.has("SELECT 1 FROM api_keys WHERE organization = ? AND kind = ?", [organization.row, kind.rawValue])
    }
  }

  /// Makes a key, replacing the one of that kind; the old secret and its tokens end at once (`api.md` 1.2).
  public func issueKey(_ organization: OrganizationID, _ kind: KeyKind) async throws -> IssuedKey {
    let secret = Secrets.clientSecret()
    try await writer.perform { db in
      try db.run("DELETE FROM api_keys WHERE organization = ? AND kind = ?", [organization.row, kind.rawValue])
      try db.run(
        "INSERT INTO api_keys (organization, kind, secret_hash, created) VALUES (?, ?, ?, ?)",
        [organization.row, kind.rawValue, Secrets.hash(secret), Timestamp.now().microseconds])
    }
    tokens.forget()
    return IssuedKey(clientID: "organization.\(organization.id)", clientSecret: secret)
  }

  /// Whether the secret is one of the organization's keys'.
  public func accepts(organization id: GUID, secret: String) throws -> Bool {
    try key(organization: id, secret: secret) != nil
  }

  /// A new token for the organization, or nil if the secret is none of its keys'.
  public func issueToken(organization id: GUID, secret: String) async throws -> String? {
    let key = try key(organization: id, secret: secret)
    guard let key else { return nil }
    let token = Secrets.token()
    try await writer.perform { db in
      let now = Timestamp.now()
      try db.run("DELETE FROM tokens WHERE expires <= ?", [now.microseconds])
      try db.run(
        "INSERT INTO tokens (hash, api_key, organization, expires) VALUES (?, ?, ?, ?)",
        [Secrets.hash(token), key.row, key.organization, now.adding(seconds: Self.tokenLifetime).microseconds])
    }
    return token
  }

  private func key(organization id: GUID, secret: String) throws -> (row: Int64, organization: Int64)? {
    let hash = Secrets.hash(secret)
    return try readRows { db in
      let keys = try db.rows(
        """
        SELECT api_keys.row, organization, secret_hash FROM api_keys
        JOIN organizations ON organizations.row = organization WHERE organizations.id = ?
        """, [id.key])
      var found: (Int64, Int64)?
      while let row = try keys.next() {
        if Secrets.areEqual(row[2], hash) { found = (row[0], row[1]) }
      }
      return found
    }
  }

  /// The organization that a token stands for, or nil if it is unknown or its time is over.
  ///
  /// It is found by its hash, so how far a guess agrees with a token does not show in the time taken.
  public func organization(token: some StringProtocol) throws -> OrganizationID? {
    let hash = Secrets.hash(token)
    let now = Timestamp.now()
    if let known = tokens.organization(hash, now) { return known }
    let generation = tokens.generation
    let found: (organization: OrganizationID, expires: Timestamp)? = try readRows { db in
      try db.row(
        """
        SELECT organizations.row, organizations.id, expires FROM tokens
        JOIN organizations ON organizations.row = tokens.organization WHERE hash = ? AND expires > ?
        """, [hash, now.microseconds]
      ).map { (OrganizationID(row: $0[0], id: $0.id(1)), Timestamp(microseconds: $0[2])) }
    }
    guard let found else { return nil }
    tokens.keep(hash, found.organization, until: found.expires, ifStill: generation)
    return found.organization
  }
}

/// Random credentials and their hashes.
enum Secrets {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")

  /// 30 letters and digits, 178 bits.
  static func clientSecret() -> String { random(30) }

  /// Opaque text of 256 bits.
  static func token() -> String { random(43) }

  private static func random(_ count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return String((0..<count).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] })
  }

  static func hash(_ text: some StringProtocol) -> Data {
    var hash = SHA256()
    var text = String(text)
    text.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    return Data(hash.finalize())
  }

  /// Takes the same time wherever they differ.
  static func areEqual(_ a: Data, _ b: Data) -> Bool {
    guard a.count == b.count else { return false }
    return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
  }
}
