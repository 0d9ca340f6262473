import FoundationEssentials
import GRDB
import GRDBSQLite
import SecretSafeAPI

// GRDB has a type of that name as well.
typealias Association = SecretSafeAPI.Association

/// An identifier in the database: a blob of 16 bytes in the order of its text.
struct KeyBytes: DatabaseValueConvertible, StatementColumnConvertible {
  let id: GUID

  init(_ id: GUID) { self.id = id }

  var databaseValue: DatabaseValue { withBytes { Data($0).databaseValue } }

  static func fromDatabaseValue(_ value: DatabaseValue) -> KeyBytes? {
    guard case .blob(let data) = value.storage else { return nil }
    return data.withUnsafeBytes { KeyBytes(bytes: $0) }
  }

  init?(sqliteStatement: SQLiteStatement, index: CInt) {
    let count = Int(sqlite3_column_bytes(sqliteStatement, index))
    self.init(bytes: UnsafeRawBufferPointer(start: sqlite3_column_blob(sqliteStatement, index), count: count))
  }

  func bind(to sqliteStatement: SQLiteStatement, at index: CInt) -> CInt {
    // SQLITE_TRANSIENT, which Swift does not import: SQLite copies the bytes.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    return withBytes { sqlite3_bind_blob(sqliteStatement, index, $0.baseAddress, 16, copied) }
  }

  private init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    id = GUID(
      high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
      low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
  }

  private func withBytes<T>(_ body: (UnsafeRawBufferPointer) -> T) -> T {
    withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian), body)
  }
}

extension GUID {
  var key: KeyBytes { KeyBytes(self) }
}
