internal import SafeLanguage
internal import SecretSafeAPI

/// Rows of a list that belong to an object.
struct RelatedRowIDs: RelatedRows {
  let table: Table?
  let indexes: [GUID: [Int]]

  func rows(of row: Row) throws(RunError) -> Table {
    guard let table else { throw RunError(.data, "the list is not there") }
    return table.rows(Rows.id(row).flatMap { indexes[$0] } ?? [])
  }
}

/// Rows that an object has direct access to, or that have access to it, with `.access` in each.
struct RelatedAccess: RelatedRows {
  let table: Table
  let type: RecordType
  let pairs: [GUID: [(index: Int, access: Access)]]

  func rows(of row: Row) throws(RunError) -> Table {
    var builder = TableBuilder(type)
    for (index, access) in Rows.id(row).flatMap({ pairs[$0] }) ?? [] {
      let values = table.type.fields.indices.map { table.value(index, $0) }
      builder.add(values + [.symbol(SecretSafeSchema.access, access.rawValue)])
    }
    return builder.table()
  }
}

/// The row that a field of a row names, if it is still there.
struct RelatedOne: RelatedRows {
  let table: Table
  let field: String
  let indexes: [GUID: Int]

  func rows(of row: Row) throws(RunError) -> Table {
    table.rows(row.text(field).flatMap { GUID($0) }.flatMap { indexes[$0] }.map { [$0] } ?? [])
  }
}
