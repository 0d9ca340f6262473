/// Why a data file cannot be opened. The text is lower case and names a way out.
public struct StoreError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    case locked, notADatabase, otherDatabase, newerVersion, permission, noDirectory, exists, other
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static func locked(_ path: String) -> StoreError {
    StoreError(.locked, "\(path) is in use by another server: stop it, or name another file")
  }

  static func notADatabase(_ path: String) -> StoreError {
    StoreError(.notADatabase, "\(path) is not a database: name another file, or remove it to start a new organization")
  }

  static func otherDatabase(_ path: String) -> StoreError {
    StoreError(.otherDatabase, "\(path) is a database of another program: name another file")
  }

  static func olderServer(_ path: String) -> StoreError {
    StoreError(.locked, "a server of an older version is at work on \(path): stop it first, and start this version's")
  }

  static func newerVersion(_ path: String) -> StoreError {
    StoreError(.newerVersion, "\(path) was written by a newer version: upgrade, or name another file")
  }

  static func opening(_ path: String, errno code: Int32, _ reason: String) -> StoreError {
    switch code {
    case permissionCodes.0, permissionCodes.1, permissionCodes.2:
      StoreError(.permission, "\(path) cannot be opened for writing (\(reason)): change its permissions or name another file")
    case missingCodes.0, missingCodes.1:
      StoreError(.noDirectory, "\(path) cannot be created (\(reason)): create its directory first, or name another file")
    default: StoreError(.other, "\(path) cannot be opened: \(reason)")
    }
  }
}

/// Why a call is refused. What it had changed is taken back, and no event is recorded.
public enum Refusal: Error, Hashable {
  /// The object named in the path is not there.
  case noSuchObject
  /// An object named in the body is not there.
  case noSuchReference
  /// A business rule said no, with the text of the contract.
  case rule(String)
}
