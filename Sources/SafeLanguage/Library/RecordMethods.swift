extension Library {
  static let recordMethods: [Method] = [
    Method(
      "keys", on: .record, [], "the names of its fields", #"{ a: 1, b: "x" }.keys()"#, #"["a", "b"]"#, type: { _, _ in .list(.text) },
      body: .value { receiver, _ in .list(receiver.row?.type.visible.map { .text($0.name) } ?? []) }),
    Method(
      "values", on: .record, [], "the values of its fields, which must have a type in common", "{ a: 1, b: 2.5 }.values()", "[1.0, 2.5]", gives: "[T]",
      type: { receiver, _ in
        guard case .record(let row) = receiver, let first = row.visible.first?.type else { return .list(.null) }
        var type: Type? = first
        for field in row.visible.dropFirst() { type = type.flatMap { Checker.common($0, field.type) } }
        return type.map { Type.list(of: $0) }
      },
      body: .typed { receiver, _, type throws(RunError) in
        guard let row = receiver.row else { return .list([]) }
        let isFloat = type.element?.required == .float
        return .list(
          row.type.visible.map { field in
            let value = row.value(field.name)
            if isFloat, case .int(let whole) = value { return .float(Double(whole)) }
            return value
          })
      }),
    Method(
      "merge", on: .record, [Method.Parameter(name: "other", kind: .record, isRequired: true)],
      "its fields and those of the other, which has its way where both have one", "{ a: 1, b: 2 }.merge({ b: true })", "{ a: 1, b: true }",
      gives: "a record of both",
      type: { receiver, arguments in
        guard case .record(let row) = receiver, case .record(let other)? = arguments.first else { return nil }
        return .record(merged(row, other))
      },
      body: .typed { receiver, arguments, type in
        guard case .record(let type) = type, let row = receiver.row, let other = arguments[0].row else { return .null }
        let values = type.fields.map { field in
          field.isHidden || other.type.index(of: field.name) == nil ? row.value(field.name) : other.value(field.name)
        }
        return .record(Row(type, values))
      }),
    Method(
      "without", on: .record, [Method.Parameter(name: "fields", kind: .fields, isRequired: true)], "the record without these fields",
      #"{ a: 1, b: 2, c: 3 }.without("a", "c")"#, "{ b: 2 }", gives: "a record of the others",
      type: { receiver, arguments in
        guard case .record(let row) = receiver else { return nil }
        return .record(remaining(row, arguments))
      },
      body: .typed { receiver, _, type throws(RunError) in
        guard case .record(let type) = type, let row = receiver.row else { return .null }
        let columns = type.fields.compactMap { row.type.index(of: $0.name) }
        return .record(Row(try row.table.selecting(row.index..<row.index + 1, columns, type), 0))
      }),
    Method(
      "without", on: .table, [Method.Parameter(name: "fields", kind: .fields, isRequired: true)], "the rows without these columns",
      #"[{ a: 1, b: 2 }].without("a")"#, "[{ b: 2 }]", gives: "rows of the others",
      type: { receiver, arguments in
        guard case .table(let row) = receiver else { return nil }
        return .table(remaining(row, arguments))
      },
      body: .typed { receiver, _, type throws(RunError) in
        guard case .table(let type) = type, case .table(let table) = receiver else { return .list([]) }
        return .table(try table.selecting(0..<table.count, type.fields.compactMap { table.type.index(of: $0.name) }, type))
      }),
  ]

  private static func merged(_ row: RecordType, _ other: RecordType) -> RecordType {
    var fields = row.fields
    for field in other.visible {
      if let index = row.index(of: field.name) { fields[index] = field } else { fields.append(field) }
    }
    return RecordType(fields)
  }

  /// What is left of the fields; the row no longer is the resource that it was.
  private static func remaining(_ row: RecordType, _ removed: [Type]) -> RecordType {
    var names: Set<String> = []
    for case .record(let field) in removed { names.formUnion(field.fields.map(\.name)) }
    return RecordType(row.fields.filter { !names.contains($0.name) })
  }
}

extension Value {
  /// The row of a value that the checker knows to be a record.
  var row: Row? {
    if case .record(let row) = self { return row }
    return nil
  }
}
