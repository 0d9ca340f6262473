import GRDB

extension Schema {
  /// The third migration: checks that say the same without a list. For a list of more than two numbers SQLite makes a table in memory each
  /// time that a row is written, which cost a member and the mail of its invitation four of them, a fifth of all that an invitation does.
  ///
  /// Rows are as good as they were, so only the text of the schema is changed, in the way that SQLite has for that
  /// (sqlite.org/lang_altertable.html, 7).
  static func third(_ db: Database) throws {
    let version = try db.number("PRAGMA schema_version", [])
    try db.execute(sql: "PRAGMA writable_schema = ON")
    for (table, old, new) in [
      ("members", "status IN (-1, 0, 1, 2, 3)", "status BETWEEN -1 AND 3"),
      ("members", "status_before IN (0, 1, 2, 3)", "status_before BETWEEN 0 AND 3"),
      ("members", "type IN (0, 1, 2, 4)", "type BETWEEN 0 AND 4 AND type != 3"),
      ("mails", "kind IN (0, 1, 2)", "kind BETWEEN 0 AND 2"),
    ] {
      try db.run("UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?", ["CHECK (" + old + ")", "CHECK (" + new + ")", table])
    }
    // Other connections, and the text that this one has in memory.
    try db.execute(sql: "PRAGMA schema_version = \(version + 1)")
    try db.execute(sql: "PRAGMA writable_schema = RESET")
  }
}
