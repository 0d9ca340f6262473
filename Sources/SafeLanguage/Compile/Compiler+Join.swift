extension Compiler {
  /// Repeats each row for the elements of a list.
  func expand(_ typed: TypedLambda, column: Int, _ type: Type) -> CompiledStage {
    guard case .table(let row) = type else { return CompiledStage([]) { _, source in source } }
    let lambda = lambda(typed)
    let code = lambda.body.asValue
    return CompiledStage([lambda]) { frame, source throws(RunError) in
      guard case .table(let table) = source else { return source }
      var builder = TableBuilder(row, keeping: table.arenas, capacity: table.count)
      let width = table.type.fields.count
      for index in 0..<table.count {
        try frame.tick()
        frame.setRow(table, index)
        let list = try code(frame)
        try Limits.require(rows: builder.count + min(list.elementCount, Limits.elements + 1), width: row.fields.count, typed.body.span)
        for element in 0..<list.elementCount {
          try frame.tick()
          let cells = builder.addRow()
          cells.update(from: table.row(index), count: width)
          cells[column] = builder.cell(list.element(element))
        }
      }
      return .table(builder.table())
    }
  }

  /// A row for each match. The right side is hashed once; the left keeps its order, and so do its matches.
  func join(_ join: TypedJoin, _ type: Type) -> CompiledStage {
    guard case .table(let row) = type else { return CompiledStage([]) { _, source in source } }
    let (lefts, rights) = (join.keys.map { lambda($0.left) }, join.keys.map { lambda($0.right) })
    let types = join.keys.map(\.type)
    let slot = temporary()
    let table = evaluation(of: join.table)
    let (columns, keepsLeft) = (join.columns, join.keepsLeft)
    let rightKeys = KeyReader(zip(rights, types).map { ($0.body, $1) })
    let leftKeys = KeyReader(zip(lefts, types).map { ($0.body, $1) })
    let build = { (frame: Frame, source: Value) throws(RunError) -> Value in
      guard case .table(let left) = source, case .table(let right) = frame.locals[slot] else { return source }
      var index = KeyIndex(width: types.count)
      defer { Interruption.letGo(index, size: index.count) }
      // The matches of a key as a chain through the right rows, the last first.
      var last: [Int32] = []
      var previous = [Int32](repeating: -1, count: right.count)
      for place in 0..<right.count {
        try frame.tick()
        frame.setRow(right, place)
        guard try rightKeys.read(frame, into: &index), let group = index.insert() else { continue }
        if group == last.count { last.append(-1) }
        previous[place] = last[group]
        last[group] = Int32(place)
      }
      var builder = TableBuilder(row, keeping: left.arenas + right.arenas, capacity: left.count)
      let width = left.type.fields.count
      var matches: [Int] = []
      for place in 0..<left.count {
        try frame.tick()
        frame.setRow(left, place)
        matches.removeAll(keepingCapacity: true)
        if try leftKeys.read(frame, into: &index), let group = index.find() {
          var match = last[group]
          while match >= 0 {
            try frame.tick()
            matches.append(Int(match))
            match = previous[Int(match)]
          }
        }
        try Limits.require(rows: builder.count + matches.count, width: row.fields.count, join.table.span)
        if matches.isEmpty, keepsLeft { builder.addRow().update(from: left.row(place), count: width) }
        for match in matches.reversed() {
          try frame.tick()
          let cells = builder.addRow()
          cells.update(from: left.row(place), count: width)
          if let columns {
            for (offset, column) in columns.enumerated() { cells[width + offset] = right.cell(match, column) }
          } else {
            cells[width] = builder.cell(.record(Row(right, match)))
          }
        }
      }
      return .table(builder.table())
    }
    guard case .waiting = table else {
      return CompiledStage(lefts + rights, values: [(slot, table)], build)
    }
    return CompiledStage(
      lefts, values: [(slot, table)],
      waiting: { frame, source async throws(RunError) in
        for lambda in rights { try await lambda.prepare(frame, over: frame.locals[slot]) }
        return try frame.withSavedRow { () throws(RunError) in try build(frame, source) }
      })
  }
}
