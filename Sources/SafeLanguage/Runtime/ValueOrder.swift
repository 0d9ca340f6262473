/// How values of a type compare, in every operator, stage and method alike: each has a key, and keys are compared as they stand. Most
/// are their own. An address compares without case, also inside of lists and records, and a Date beside a Time as its first instant.
struct ValueOrder: Sendable {
  private indirect enum Form: Sendable {
    case plain, address, instant
    case list(Form)
    case record([String: Form])

    var isPlain: Bool { if case .plain = self { true } else { false } }
  }

  private let form: Form

  /// Of values that are their own keys.
  static let plain = ValueOrder(.unknown)

  /// Of values of a type, or of those of one type beside those of another.
  init(_ type: Type, beside other: Type? = nil) { form = Self.form(type.required, other?.required) }

  private static func form(_ a: Type, _ b: Type?) -> Form {
    if a == .email || b == .email { return .address }
    if a == .time || b == .time { return .instant }
    if a != .unknown, let element = a.element {
      let inner = form(element.required, b?.element?.required)
      return inner.isPlain ? .plain : .list(inner)
    }
    guard case .record(let row) = a else { return b.map { form($0, nil) } ?? .plain }
    var other: RecordType?
    if case .record(let row)? = b { other = row }
    // Rows of resources are known by their ids.
    if row.resource != nil, b == nil || other?.resource != nil { return .plain }
    var forms: [String: Form] = [:]
    for field in row.visible {
      let beside = other.flatMap { other in other.index(of: field.name).map { other.fields[$0].type.required } }
      let inner = form(field.type.required, beside)
      if !inner.isPlain { forms[field.name] = inner }
    }
    return forms.isEmpty ? .plain : .record(forms)
  }

  /// Whether each value is its own key.
  var isPlain: Bool { form.isPlain }

  var isOfAddresses: Bool { if case .address = form { true } else { false } }

  /// Leaves off in a long list where somebody asked to stop, which the caller finds at its next look.
  func key(_ value: Value) -> Value { Self.key(value, form) }

  private static func key(_ value: Value, _ form: Form) -> Value {
    switch (form, value) {
    case (.address, .text(let text)): return .text(TextOrder.folded(text))
    case (.instant, .date(let days)): return .time(days &* Calendar.microsecondsPerDay)
    case (.list(let inner), .list), (.list(let inner), .table):
      var (keys, beat) = ([Value](), Beat())
      keys.reserveCapacity(value.elementCount)
      for index in 0..<value.elementCount {
        if beat.isLast() { break }
        keys.append(key(value.element(index), inner))
      }
      return .list(keys)
    case (.record(let forms), .record(let row)):
      let fields = row.type.visible
      return .record(Row(RecordType(fields), fields.map { field in forms[field.name].map { key(row.value(field.name), $0) } ?? row.value(field.name) }))
    default: return value
    }
  }

  /// The same for a cell; what is made for it is kept in the memory.
  func key(_ cell: Cell, _ memory: Arena) -> Cell {
    switch (form, cell.kind) {
    case (.plain, _): cell
    case (.address, .text): Folding.folded(cell, memory)
    case (.instant, .date), (_, .box): memory.cell(key(cell.value))
    default: cell
    }
  }

  /// Lists in lists and records may have more elements than anybody waits for.
  func equal(_ a: Value, _ b: Value) throws(RunError) -> Bool {
    var beat = Beat()
    do throws(RunError) { return try Self.equal(a, b, form, &beat) } catch {
      Interruption.hold(a, after: error)
      Interruption.hold(b, after: error)
      throw error
    }
  }

  private static func equal(_ a: Value, _ b: Value, _ form: Form, _ beat: inout Beat) throws(RunError) -> Bool {
    if case .record(let x) = a, case .record(let y) = b { return try equal(x, y, form, &beat) }
    guard a.isList, b.isList, a.elementCount == b.elementCount else { return key(a, form) == key(b, form) }
    if case .range = a, case .range = b { return a == b }
    var inner = Form.plain
    if case .list(let element) = form { inner = element }
    for index in 0..<a.elementCount {
      try beat.turn()
      if try !equal(a.element(index), b.element(index), inner, &beat) { return false }
    }
    return true
  }

  private static func equal(_ a: Row, _ b: Row, _ form: Form, _ beat: inout Beat) throws(RunError) -> Bool {
    var forms: [String: Form] = [:]
    if case .record(let known) = form { forms = known } else if a.isIdentified, b.isIdentified { return a == b }
    let (x, y) = (a.type.visible, b.type.visible)
    guard x.count == y.count else { return false }
    for field in x {
      try beat.turn()
      guard y.contains(where: { $0.name == field.name }) else { return false }
      if try !equal(a.value(field.name), b.value(field.name), forms[field.name] ?? .plain, &beat) { return false }
    }
    return true
  }

  /// Whether one comes before the other; null is last; nil where they are equal.
  func precedes(_ a: Value, _ b: Value) -> Bool? { isPlain ? Value.precedes(a, b) : Value.precedes(key(a), key(b)) }
}
