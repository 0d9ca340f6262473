import CryptoExtras
import FoundationEssentials
import GRDB
public import SecretSafeAPI

/// A password as it is kept: scrypt (RFC 7914) with r = 8, p = 1. It is made before the change that stores it, which others wait for.
public struct PasswordHash: Sendable {
  /// log2 N: 32 MiB and some 100 ms for each try.
  static let cost = 15

  let salt: Data
  let hash: Data

  /// Throws a `Refusal` for a password that is too short or too long.
  public init(_ password: String) throws {
    guard Store.passwordLengths.contains(password.unicodeScalars.count) else {
      throw Refusal.rule("A password has \(Store.passwordLengths.lowerBound) to \(Store.passwordLengths.upperBound) characters.")
    }
    salt = Secrets.bytes(16)
    hash = try Self.make(password, salt: salt, cost: Self.cost)
  }

  static func make(_ password: String, salt: Data, cost: Int) throws -> Data {
    let key = try KDF.Scrypt.deriveKey(
      from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost, blockSize: 8, parallelism: 1)
    return key.withUnsafeBytes { Data($0) }
  }

  /// Takes the time of a try where there is nothing to compare with.
  static func makeForNobody(_ password: String) throws { _ = try make(password, salt: Data(count: 16), cost: cost) }
}

extension Store {
  /// Characters of a password, at least and at most.
  public static let passwordLengths = 12...256

  /// Sets the password with which a member signs in to the web safe, and ends the member's sessions there.
  /// Throws a `Refusal` for one that is too short or too long.
  public func setPassword(_ organization: OrganizationID, _ member: GUID, _ password: String) async throws {
    let hash = try PasswordHash(password)
    try await change(organization) { try $0.setPassword(member, hash) }
  }

  /// Whether it is the member's password. Takes as long for a member without one.
  public func accepts(_ organization: OrganizationID, _ member: GUID, password: String) throws -> Bool {
    let stored: (salt: Data, hash: Data, cost: Int)? = try readRows {
      try $0.row("SELECT salt, hash, cost FROM passwords WHERE organization = ? AND member = ?", [organization.row, member.key]) {
        ($0[0], $0[1], $0[2])
      }
    }
    guard let stored else {
      try PasswordHash.makeForNobody(password)
      return false
    }
    return Secrets.areEqual(try PasswordHash.make(password, salt: stored.salt, cost: stored.cost), stored.hash)
  }
}

extension Change {
  /// Sets a member's password, and ends the member's sessions.
  public func setPassword(_ member: GUID, _ password: PasswordHash) throws {
    _ = try existing(member)
    try db.run(
      "INSERT OR REPLACE INTO passwords (organization, member, salt, hash, cost, changed) VALUES (?, ?, ?, ?, ?, ?)",
      [organization, member.key, password.salt, password.hash, PasswordHash.cost, now.microseconds])
    try endSessions(of: member)
  }
}
