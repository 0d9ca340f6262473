import GRDB

/// Why a data file cannot be opened or used. The text is lower case and names a way out.
public struct StoreError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    case locked, notADatabase, otherDatabase, newerVersion, damaged, full, permission, noDirectory, missing, exists, other
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }

  static let unnamed = StoreError(.noDirectory, "the name of the data file is empty: name a file")

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

  /// Of a backup.
  static func damaged(_ backup: String) -> StoreError { StoreError(.damaged, "\(backup) is damaged: name another backup") }

  static func full(_ path: String) -> StoreError { StoreError(.full, "the disk of \(path) is full: make room on it") }

  /// What anything thrown by the database says of a file; nil for what is none of its errors.
  public init?(_ error: any Error, of path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as DatabaseError:
      switch error.resultCode {
      case .SQLITE_NOTADB: self = .notADatabase(path)
      case .SQLITE_BUSY: self = .locked(path)
      case .SQLITE_FULL: self = .full(path)
      case .SQLITE_CORRUPT:
        self.init(.damaged, "\(path) is damaged: put a backup in its place with 'safesh org restore'")
      default: self.init(.other, "\(path) cannot be used: \(error.message ?? "\(error.resultCode)")")
      }
    default: return nil
    }
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
