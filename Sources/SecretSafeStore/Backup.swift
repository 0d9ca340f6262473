import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Store {
  /// Writes everything as it is at one moment into a new file of its own, on disk when it returns. A server goes on meanwhile.
  /// Throws a `StoreError` with code `exists` rather than write over a file.
  public func backup(to path: String) throws {
    guard access(path, F_OK) != 0 else { throw StoreError(.exists, "\(path) is there already: name another file") }
    let partial = path + ".partial"
    unlink(partial)
    try prepareFile(partial)
    do {
      try writer.queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [partial]) }
      try bringToDisk(partial)
      try Self.move(partial, to: path)
      try bringToDisk(Self.directory(of: path))
    } catch {
      unlink(partial)
      if case .full? = StoreError(error, of: path)?.code { throw StoreError.full(path) }
      throw error
    }
  }

  /// Puts a backup in the place of a data file that no server works on. What was there is kept beside it under the name returned.
  ///
  /// Errors: `StoreError`; nothing is changed then.
  public static func restore(_ backup: String, to path: String) throws -> String? {
    if path.isEmpty { throw StoreError.unnamed }
    guard access(backup, R_OK) == 0 else {
      let way = "name a file that 'safesh org backup' wrote"
      guard errno == ENOENT else { throw StoreError(.permission, "\(backup) cannot be read (\(String(cString: strerror(errno)))): \(way)") }
      throw StoreError(.missing, "\(backup) is not there: \(way)")
    }
    let partial = path + ".partial"
    let lock = try FileLock(beside: path)
    defer { lock.release() }
    do {
      for suffix in ["", "-wal", "-shm"] { unlink(partial + suffix) }
      try copy(backup, to: partial)
      return try replace(path, with: partial)
    } catch {
      unlink(partial)
      throw error
    }
  }

  /// Copies a backup, and finds out on the way that it is a whole database of ours which this version can read.
  private static func copy(_ backup: String, to copy: String) throws {
    do {
      try DatabaseQueue(path: backup, configuration: readOnly).inDatabase { db in
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
        guard application == Schema.applicationID else { throw StoreError.otherDatabase(backup) }
        guard try !Schema.migrator.hasBeenSuperseded(db) else { throw StoreError.newerVersion(backup) }
        guard try String.fetchOne(db, sql: "PRAGMA integrity_check") == "ok" else {
          throw StoreError.damaged(backup)
        }
        try prepareFile(copy)
        try db.execute(sql: "VACUUM INTO ?", arguments: [copy])
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
      throw StoreError(.notADatabase, "\(backup) is not a database: name a file that 'safesh org backup' wrote")
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      throw StoreError.damaged(backup)
    }
    try bringToDisk(copy)
  }

  /// Puts a new file in the place of a data file. Returns where that is kept; nil if there was none.
  private static func replace(_ path: String, with new: String) throws -> String? {
    var kept: String?
    if access(path, F_OK) == 0 {
      // Brings what the log still holds into the file before it is put aside.
      try checkpoint(path)
      let aside = freeName(path + ".before-restore")
      try move(path, to: aside)
      kept = aside
      // Only a damaged file still has a log.
      if access(path + "-wal", F_OK) == 0 { try move(path + "-wal", to: aside + "-wal") }
    }
    for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
    do { try move(new, to: path) } catch {
      if let kept { for suffix in ["", "-wal"] { rename(kept + suffix, path + suffix) } }
      throw error
    }
    try bringToDisk(directory(of: path))
    return kept
  }

  /// What an earlier restore put aside stays.
  private static func freeName(_ path: String) -> String {
    var name = path
    var number = 1
    while access(name, F_OK) == 0 {
      number += 1
      name = path + "-\(number)"
    }
    return name
  }

  private static func move(_ path: String, to target: String) throws(StoreError) {
    guard rename(path, target) == 0 else { throw .opening(target, errno: errno, String(cString: strerror(errno))) }
  }

  private static func checkpoint(_ path: String) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
      try queue.close()
    } catch let error as DatabaseError where [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains(error.resultCode) {
      // A file that is no database, or a damaged one, is put aside as it is.
    }
  }

  private static var readOnly: Configuration {
    var configuration = Configuration()
    configuration.readonly = true
    return configuration
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
