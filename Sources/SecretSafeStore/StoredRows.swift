import FoundationEssentials
import GRDB
import GRDBSQLite
import SecretSafeAPI

// Statements are GRDB's, prepared once for each connection; binding and stepping are done here. GRDB's own rows and arguments are
// made for any type and any order, and cost more than half of a read of one member (docs/decisions/0006).

/// What a statement's parameter may be.
protocol BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt
}

/// SQLite copies the bytes. Swift does not import the constant.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension Int64: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, self) }
}

extension Int: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int64(statement, index, Int64(self)) }
}

extension Bool: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt { sqlite3_bind_int(statement, index, self ? 1 : 0) }
}

extension String: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
    var text = self
    return text.withUTF8 { bytes in
      guard let start = bytes.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, copied) }
      return start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { sqlite3_bind_text(statement, index, $0, CInt(bytes.count), copied) }
    }
  }
}

extension Data: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
    // Without an address it would be bound as null.
    isEmpty ? sqlite3_bind_zeroblob(statement, index, 0) : withUnsafeBytes { sqlite3_bind_blob(statement, index, $0.baseAddress, CInt($0.count), copied) }
  }
}

extension KeyBytes: BoundValue {}

extension Optional: BoundValue where Wrapped: BoundValue {
  func bind(to statement: SQLiteStatement, at index: CInt) -> CInt {
    switch self {
    case .some(let value): value.bind(to: statement, at: index)
    case nil: sqlite3_bind_null(statement, index)
    }
  }
}

/// The rows of a statement, one after the other. While it is there and not at its end, the statement keeps its moment.
final class StoredRows {
  // Kept as long as it is stepped.
  private let owner: Statement
  private let database: Database
  private var isDone = false

  fileprivate init(_ database: Database, _ sql: String, _ arguments: [any BoundValue]) throws {
    self.database = database
    let cached = try database.cachedStatement(sql: sql)
    // One that somebody is stepping through is left alone.
    owner = sqlite3_stmt_busy(cached.sqliteStatement) == 0 ? cached : try database.makeStatement(sql: sql)
    let statement = owner.sqliteStatement
    precondition(Int(sqlite3_bind_parameter_count(statement)) == arguments.count, "each parameter of a statement has its argument")
    for (index, argument) in arguments.enumerated() {
      try check(argument.bind(to: statement, at: CInt(index + 1)))
    }
  }

  /// The next row, which is good until the one after it is asked for.
  func next() throws -> StoredRow? {
    if isDone { return nil }
    let code = sqlite3_step(owner.sqliteStatement)
    if code == SQLITE_ROW { return StoredRow(statement: owner.sqliteStatement) }
    isDone = true
    guard code == SQLITE_DONE else {
      let error = failure(code)
      sqlite3_reset(owner.sqliteStatement)
      throw error
    }
    sqlite3_reset(owner.sqliteStatement)
    return nil
  }

  private func check(_ code: CInt) throws {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: CInt) -> DatabaseError {
    DatabaseError(
      resultCode: ResultCode(rawValue: code), message: database.sqliteConnection.map { String(cString: sqlite3_errmsg($0)) }, sql: owner.sql)
  }

  deinit {
    if !isDone { sqlite3_reset(owner.sqliteStatement) }
  }
}

/// The columns of one row.
struct StoredRow {
  fileprivate let statement: SQLiteStatement

  private func isNull(_ column: Int) -> Bool { sqlite3_column_type(statement, CInt(column)) == SQLITE_NULL }

  subscript(_ column: Int) -> Int64 { sqlite3_column_int64(statement, CInt(column)) }
  subscript(_ column: Int) -> Int { Int(sqlite3_column_int64(statement, CInt(column))) }
  subscript(_ column: Int) -> Bool { sqlite3_column_int64(statement, CInt(column)) != 0 }
  subscript(_ column: Int) -> Int64? { isNull(column) ? nil : (self[column] as Int64) }
  subscript(_ column: Int) -> Int? { isNull(column) ? nil : (self[column] as Int) }

  subscript(_ column: Int) -> String {
    guard let text = sqlite3_column_text(statement, CInt(column)) else { return "" }
    return String(decoding: UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, CInt(column)))), as: UTF8.self)
  }

  subscript(_ column: Int) -> String? { isNull(column) ? nil : (self[column] as String) }

  subscript(_ column: Int) -> Data {
    guard let bytes = sqlite3_column_blob(statement, CInt(column)) else { return Data() }
    return Data(bytes: bytes, count: Int(sqlite3_column_bytes(statement, CInt(column))))
  }

  subscript(_ column: Int) -> Data? { isNull(column) ? nil : (self[column] as Data) }

  func idOrNil(_ column: Int) -> GUID? { KeyBytes(sqliteStatement: statement, index: CInt(column))?.id }

  /// Of a column that cannot be null.
  func id(_ column: Int) -> GUID {
    guard let id = idOrNil(column) else { preconditionFailure("the schema lets nothing but 16 bytes in") }
    return id
  }
}

extension Database {
  /// Runs a statement to its end.
  func run(_ sql: String, _ arguments: [any BoundValue]) throws {
    let rows = try StoredRows(self, sql, arguments)
    while try rows.next() != nil {}
  }

  func rows(_ sql: String, _ arguments: [any BoundValue]) throws -> StoredRows { try StoredRows(self, sql, arguments) }

  /// What the body makes of the first row; nil if there is none.
  func row<T>(_ sql: String, _ arguments: [any BoundValue], _ body: (StoredRow) throws -> T) throws -> T? {
    let rows = try StoredRows(self, sql, arguments)
    return try withExtendedLifetime(rows) { try rows.next().map(body) }
  }

  func has(_ sql: String, _ arguments: [any BoundValue]) throws -> Bool {
    try StoredRows(self, sql, arguments).next() != nil
  }

  /// The number in the first column of the first row; 0 if there is none.
  func number(_ sql: String, _ arguments: [any BoundValue]) throws -> Int {
    try row(sql, arguments) { $0[0] } ?? 0
  }
}
