/// Turns a checked program into closures. Each worker of `par` compiles its own copy.
final class Compiler {
  let program: CheckedProgram
  /// Memory of the constants' cells, kept by every table that they come into.
  let constants = Arena()
  /// Slots beyond the program's, for what is waited for before a pure expression.
  private(set) var slots: Int
  /// The caches of the predicates being compiled, the innermost last.
  private var caches: [[SetCache]] = []
  /// Those that were called so far, by their place in the program.
  var definitions: [Int: CompiledDefinition] = [:]

  init(_ program: CheckedProgram) {
    self.program = program
    slots = program.slots
  }

  func temporary() -> Int {
    slots += 1
    return slots - 1
  }

  /// A cache that begins anew whenever the predicate around does; none outside of one.
  func newCache() -> SetCache? {
    guard !caches.isEmpty else { return nil }
    let cache = SetCache()
    caches[caches.count - 1].append(cache)
    return cache
  }

  /// Compiles what is around no predicate, wherever it is asked for.
  func apartFromPredicates<T>(_ body: () -> T) -> T {
    let outer = caches
    caches = []
    defer { caches = outer }
    return body()
  }

  func lambda(_ lambda: TypedLambda) -> CompiledLambda {
    caches.append([])
    let body = compile(lambda.body)
    let used = caches.removeLast()
    return CompiledLambda(
      hoisted: lambda.hoisted.map { ($0.slot, evaluation(of: $0.value), program.fallible.contains($0.slot)) }, relations: lambda.relations, caches: used, body: body,
      isPredicate: lambda.body.type == .bool || lambda.body.type == .optional(.bool))
  }

  /// A pure expression.
  func compile(_ expression: TypedExpression) -> Code {
    switch expression.kind {
    case .constant(let value): return constant(value, expression.type)
    case .local(let slot): return local(slot, expression.type)
    case .row: return .value { $0.current }
    case .rowField(let column): return rowField(column, expression.type)
    case .interpolation(let parts): return interpolation(parts, expression.span)
    case .field(let base, let column): return field(base, column, expression.type)
    case .column(let base, let column): return self.column(base, column, expression.type)
    case .chain(let guards, let body): return chain(guards, body)
    case .bind(let slot, let value, let body):
      let (value, body) = (compile(value).asValue, compile(body).asValue)
      return .value { frame throws(RunError) in
        frame.locals[slot] = try value(frame)
        return try body(frame)
      }
    case .relation(let base, let relation, let slot): return self.relation(base, relation, slot)
    case .lookup(let resource, let base, let key): return lookup(resource, base, key, expression.span)
    case .index(let base, let index): return self.index(base, index, expression.span)
    case .list(let elements): return list(elements, expression.type)
    case .record(let type, let values): return record(type, values)
    case .not(let operand):
      let operand = compile(operand).asBool
      return .bool { frame throws(RunError) in try !operand(frame) }
    case .and(let a, let b):
      let (a, b) = (compile(a).asBool, compile(b).asBool)
      return .bool { frame throws(RunError) in
        if try !a(frame) { return false }
        return try b(frame)
      }
    case .or(let a, let b):
      let (a, b) = (compile(a).asBool, compile(b).asBool)
      return .bool { frame throws(RunError) in
        if try a(frame) { return true }
        return try b(frame)
      }
    case .negate(let operand): return negate(operand, expression)
    case .compare(let comparison, let a, let b): return compare(comparison, a, b)
    case .arithmetic(let operation, let a, let b): return arithmetic(operation, a, b, expression)
    case .coalesce(let a, let b):
      let (a, b) = (compile(a).asValue, compile(b).asValue)
      return .value { frame throws(RunError) in
        let value = try a(frame)
        return value.isNull ? try b(frame) : value
      }
    case .contains(let a, let b, let how): return contains(a, b, how)
    case .toFloat(let operand):
      if operand.type == .int {
        let operand = compile(operand).asFloat
        return .float(operand)
      }
      let operand = compile(operand).asValue
      return .value { frame throws(RunError) in try operand(frame).double.map { .float($0) } ?? .null }
    case .toTime(let operand):
      let operand = compile(operand).asValue
      return .value { frame throws(RunError) in
        if case .date(let days) = try operand(frame) { return .time(days &* Calendar.microsecondsPerDay) }
        return .null
      }
    case .narrowed(let base, let type, let columns):
      let base = compile(base).asValue
      return .value { frame throws(RunError) in
        switch try base(frame) {
        case .record(let row): return .record(Row(try row.table.selecting(row.index..<row.index + 1, columns, type), 0))
        case .table(let table): return .table(try table.selecting(0..<table.count, columns, type))
        default: return .null
        }
      }
    case .method(let method, let base, let arguments): return self.method(method, base, arguments, expression)
    case .function(let function, let arguments):
      let arguments = arguments.map { compile($0).asValue }
      let span = expression.span
      return .value { frame throws(RunError) in
        var values: [Value] = []
        for argument in arguments {
          values.append(try argument(frame))
          try frame.charge(values[values.count - 1].size)
        }
        do throws(RunError) { return try function.call(frame.run.world, frame.site(span), values) } catch { throw error.at(span) }
      }
    case .invoke(let definition, let arguments): return invoke(definition, arguments)
    case .pipeline(let source, let stages): return pipeline(source, stages)
    case .conditional(let condition, let then, let otherwise):
      let (condition, then, otherwise) = (compile(condition).asBool, block(then), otherwise.map { block($0) })
      return .value { frame throws(RunError) in
        if try condition(frame) { return try then.runSync(frame) }
        return try otherwise?.runSync(frame) ?? .null
      }
    case .attempt(let body, let slot, let recovery):
      let (body, recovery) = (block(body), recovery.map { block($0) })
      return .value { frame throws(RunError) in
        do throws(RunError) { return try body.runSync(frame) } catch {
          guard error.reach == .row else { throw error }
          if let slot { frame.locals[slot] = error.value(frame) }
          return try recovery?.runSync(frame) ?? .null
        }
      }
    case .resource, .fetch, .refresh, .input, .verb, .print:
      preconditionFailure("the checker gives these an effect, so that they are compiled to wait")
    }
  }

  // MARK: leaves

  private func constant(_ value: Value, _ type: Type) -> Code {
    switch value {
    case .bool(let value): return .bool { _ in value }
    case .int(let value) where type == .int: return .int { _ in value }
    case .float(let value) where type == .float: return .float { _ in value }
    case .list, .range, .record, .table, .secret: return .value { _ in value }
    default:
      let (cell, memory) = (constants.cell(value), constants)
      return .cell { _ in
        withExtendedLifetime(memory) { cell }
      }
    }
  }

  private func local(_ slot: Int, _ type: Type) -> Code {
    if program.numberSlots.contains(slot) { return number(slot, type) }
    if program.fallible.contains(slot) { return .value { frame throws(RunError) in try frame.fallible(slot) } }
    switch type {
    case .int:
      return .int { frame in
        if case .int(let value) = frame.locals[slot] { return value }
        return 0
      }
    case .bool:
      return .bool { frame in
        if case .bool(let value) = frame.locals[slot] { return value }
        return false
      }
    default: return .value { $0.locals[slot] }
    }
  }

  private func number(_ slot: Int, _ type: Type) -> Code {
    switch type.required {
    case .int: .int { Int(Int64(bitPattern: $0.numbers[slot])) }
    case .float: .float { Double(bitPattern: $0.numbers[slot]) }
    default: .bool { $0.numbers[slot] != 0 }
    }
  }

  private func rowField(_ column: Int, _ type: Type) -> Code {
    switch type {
    case .bool: .bool { $0.row[column].bool }
    case .int: .int { $0.row[column].int }
    case .float: .float { $0.row[column].float }
    case .list, .table, .record, .secret: .value { $0.row[column].value }
    default: .cell { $0.row[column] }
    }
  }

  private func field(_ base: TypedExpression, _ column: Int, _ type: Type) -> Code {
    let base = compile(base).asValue
    return .value { frame throws(RunError) in
      guard case .record(let row) = try base(frame) else { return .null }
      return row.table.value(row.index, column)
    }
  }

  private func column(_ base: TypedExpression, _ column: Int, _ type: Type) -> Code {
    let base = compile(base).asValue
    return .value { frame throws(RunError) in
      guard case .table(let table) = try base(frame) else { return .list([]) }
      return try Self.fitted(.list(try table.values(column)), type)
    }
  }

  private func interpolation(_ parts: [TypedPart], _ span: Span) -> Code {
    enum Piece {
      case characters(String)
      case code(Code.Of<Value>)
    }
    let pieces = parts.map { part -> Piece in
      switch part {
      case .characters(let characters): .characters(characters)
      case .expression(let expression): .code(compile(expression).asValue)
      }
    }
    return .value { frame throws(RunError) in
      var text = ""
      for piece in pieces {
        switch piece {
        case .characters(let characters): text += characters
        case .code(let code): text += try code(frame).printed
        }
        try Limits.require(bytes: text.utf8.count, span)
      }
      try frame.charge(text.utf8.count)
      return .text(text)
    }
  }

  private func chain(_ guards: [(slot: Int, value: TypedExpression)], _ body: TypedExpression) -> Code {
    let guards = guards.map { ($0.slot, compile($0.value).asValue) }
    let body = compile(body).asValue
    return .value { frame throws(RunError) in
      for (slot, value) in guards {
        let value = try value(frame)
        if value.isNull { return .null }
        frame.locals[slot] = value
      }
      return try body(frame)
    }
  }

  private func index(_ base: TypedExpression, _ index: TypedExpression, _ span: Span) -> Code {
    let (base, index) = (compile(base).asValue, compile(index).asInt)
    return .value { frame throws(RunError) in
      let (list, position) = (try base(frame), try index(frame))
      guard position >= 0, position < list.elementCount else {
        throw RunError(.index, "there is no element \(position) in a list of \(list.elementCount)", span: span, hint: "the first is 0")
      }
      return list.element(position)
    }
  }

  private func list(_ elements: [TypedExpression], _ type: Type) -> Code {
    let elements = elements.map { compile($0).asValue }
    return .value { frame throws(RunError) in
      var values: [Value] = []
      for element in elements { values.append(try element(frame)) }
      return try Self.fitted(.list(values), type)
    }
  }

  private func record(_ type: RecordType, _ values: [TypedExpression]) -> Code {
    let values = values.map { compile($0).asValue }
    return .value { frame throws(RunError) in
      var fields: [Value] = []
      for value in values { fields.append(try value(frame)) }
      return .record(Row(type, fields))
    }
  }

  /// A list of rows as the table that its type says, and a sum of nothing as what it is a sum of.
  static func fitted(_ value: Value, _ type: Type) throws(RunError) -> Value {
    if case .int(let number) = value {
      if type == .float { return .float(Double(number)) }
      return type == .duration ? .duration(number) : value
    }
    guard case .table(let row) = type, case .list(let elements) = value else { return value }
    do throws(RunError) {
      let table = try table(elements, row)
      Interruption.letGo(value)
      return .table(table)
    } catch {
      Interruption.hold(value, after: error)
      throw error
    }
  }

  private static func table(_ elements: [Value], _ row: RecordType) throws(RunError) -> Table {
    var builder = TableBuilder(row, keeping: [], capacity: elements.count)
    var beat = Beat()
    for element in elements {
      try beat.turn()
      guard case .record(let record) = element else { continue }
      let cells = builder.addRow()
      // A record of its own is copied: to keep the memory of each would mean to look through that of all.
      if record.type.fields.count == row.fields.count, record.table.count > 1 {
        builder.keep(record.table.arenas)
        cells.update(from: record.table.row(record.index), count: row.fields.count)
      } else if record.type.fields.count == row.fields.count {
        for column in row.fields.indices { cells[column] = builder.cell(record.table.value(record.index, column)) }
      } else {
        for (column, field) in row.fields.enumerated() { cells[column] = builder.cell(record.value(field.name)) }
      }
    }
    return builder.table()
  }

  // MARK: methods

  private func method(_ method: Method, _ base: TypedExpression, _ arguments: [TypedArgument], _ expression: TypedExpression) -> Code {
    let (base, isMade) = (compile(base), base.isMade)
    let (type, span, isLenient) = (expression.type, expression.span, expression.type.isOptional)
    let call = self.call(method, arguments, type, span)
    let source = base.asValue
    return .value { frame throws(RunError) in
      let receiver = try source(frame)
      if isLenient, receiver.isNull { return .null }
      var held = receiver
      do throws(RunError) {
        try frame.charge(receiver.size)
        held = try call(frame, receiver)
        try frame.charge(held.size)
        let value = try Self.fitted(held, type)
        Interruption.letGo(receiver, isMade: isMade)
        return value
      } catch {
        Interruption.hold(receiver, after: error)
        Interruption.hold(held, after: error)
        throw error
      }
    }
  }

  /// A method's body over values. A pattern that is written out is compiled here, another when it is first seen.
  func valueBody(_ method: Method, _ arguments: [TypedArgument], _ type: Type) -> (Value, [Value]) throws(RunError) -> Value {
    switch method.body {
    case .value(let body): return body
    case .typed(let body): return { receiver, values throws(RunError) in try body(receiver, values, type) }
    case .comparing(let body):
      var order = ValueOrder(type)
      if case .value(let value)? = arguments.first { order = ValueOrder(value.type) }
      return { [order] receiver, values throws(RunError) in try body(receiver, values, order) }
    case .pattern(let body):
      var known: Pattern?
      if case .value(let argument)? = arguments.first, case .constant(.text(let source)) = argument.kind { known = try? Pattern(source) }
      let cache = PatternCache(known)
      return { receiver, values throws(RunError) in try body(receiver.string, try cache.pattern(values[0].string), values) }
    case .rows, .stage: preconditionFailure("the checker makes a pipeline of a method that is a stage, and rows have their own loop")
    }
  }

  /// A method's body over its arguments.
  /// That of a method's condition.
  func probe(_ arguments: [TypedArgument]) -> RowProbe? {
    if case .row(let lambda)? = arguments.first { RowProbe(lambda, self) } else { nil }
  }

  func call(_ method: Method, _ arguments: [TypedArgument], _ type: Type, _ span: Span) -> (Frame, Value) throws(RunError) -> Value {
    switch method.body {
    case .value, .typed, .comparing, .pattern, .stage:
      let body = valueBody(method, arguments, type)
      let values = arguments.compactMap { argument -> Code.Of<Value>? in
        if case .value(let value) = argument { return compile(value).asValue }
        return nil
      }
      return { frame, receiver throws(RunError) in
        var evaluated: [Value] = []
        for value in values { evaluated.append(try value(frame)) }
        do throws(RunError) { return try body(receiver, evaluated) } catch { throw error.at(span) }
      }
    case .rows(let body):
      let lambda: CompiledLambda? =
        if case .row(let lambda)? = arguments.first { self.lambda(lambda) } else { nil }
      let code: Code? = lambda.map { $0.isPredicate ? .bool($0.body.asBool) : $0.body }
      let (order, probe) = (ValueOrder(type), probe(arguments))
      return { frame, receiver throws(RunError) in
        try lambda?.prepareSync(frame)
        return try frame.withSavedRow { () throws(RunError) in
          var loop = RowLoop(frame: frame, source: receiver, argument: code, probe, order)
          do throws(RunError) { return try body(&loop) } catch { throw error.at(span) }
        }
      }
    }
  }
}

extension RunError {
  /// What `catch` binds.
  func value(_ frame: Frame) -> Value {
    .record(
      Row(
        frame.run.schema.errorType,
        [
          .text(told), .symbol(frame.run.schema.errorKind, kind.rawValue), status.map { .int($0) } ?? .null,
          span.map { .text("\(frame.run.source.name):\(frame.run.source.position($0.start).line)") } ?? .null,
        ]))
  }
}
