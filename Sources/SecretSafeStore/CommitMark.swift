import GRDB
import GRDBSQLite

/// Which commit is the last one of a file, of whatever process: while the mark is the same, nothing in the file has changed.
///
/// It is the header of the index that SQLite keeps for the write-ahead log in memory that all connections of a file share
/// (sqlite.org/walformat.html, 2.1). SQLite itself compares it at the start of each read transaction, to know whether what it holds in its
/// cache is good: the header is the last thing that a commit writes, so nothing can be seen in the file as long as it does not differ. It
/// counts the transactions, and has the log's salts and checksums. To compare it takes neither a lock nor a call of the system.
struct CommitMark: Equatable, Sendable {
  private let words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

  static func == (a: CommitMark, b: CommitMark) -> Bool {
    let (a, b) = (a.words, b.words)
    return a.0 == b.0 && a.1 == b.1 && a.2 == b.2 && a.3 == b.3 && a.4 == b.4 && a.5 == b.5
  }

  /// Where one connection finds it. Good as long as that connection is open.
  struct Source: @unchecked Sendable {
    /// Bytes in which SQLite asks for that memory, always.
    private static let regionSize: CInt = 32 * 1024

    private let header: UnsafePointer<UInt64>

    /// Nil if the database has no write-ahead log.
    init?(_ db: Database) throws {
      // A read opens the log.
      _ = try db.number("SELECT count(*) FROM sqlite_master", [])
      var file: UnsafeMutablePointer<sqlite3_file>?
      guard sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
        let methods = file.pointee.pMethods, methods.pointee.iVersion >= 2, let map = methods.pointee.xShmMap
      else { return nil }
      var region: UnsafeMutableRawPointer?
      guard map(file, 0, Self.regionSize, 0, &region) == SQLITE_OK, let region else { return nil }
      header = UnsafePointer(region.assumingMemoryBound(to: UInt64.self))
    }

    /// A header that is just being written differs from the one before as well.
    var mark: CommitMark { CommitMark(words: (header[0], header[1], header[2], header[3], header[4], header[5])) }
  }
}
