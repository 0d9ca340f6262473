internal import Yams

/// Reads YAML as typed values: one document, with the library Yams for the syntax and every value checked against the type here.
///
/// Aliases are refused: a few hundred bytes of them stand for billions of values.
struct YAMLReader {
  private let name: String
  private let plan: ReadingPlan
  private let limits: InputLimits
  private var problems = InputProblems()
  private var path: [Int] = []
  private var beat = Beat()

  /// The value of a document; of a list of records each row has its line as origin.
  static func value(_ source: InputSource, name: String, type: Type, limits: InputLimits = .standard) throws(RunError) -> Value {
    let tree = try document(source, name: name, limits: limits)
    // To free a tree of millions of nodes takes longer than anybody should wait.
    defer { tree.letGo() }
    var reader = YAMLReader(name: name, plan: ReadingPlan(type), limits: limits)
    let arena = Arena()
    let cell: Cell
    do throws(RunError) { cell = try reader.cell(tree.root, reader.plan.root, arena, depth: 1) } catch {
      Interruption.hold(arena, size: .max, after: error)
      throw error
    }
    if let error = reader.problems.error() { throw error }
    return withExtendedLifetime(arena) { cell.value }
  }

  private init(name: String, plan: ReadingPlan, limits: InputLimits) {
    self.name = name
    self.plan = plan
    self.limits = limits
  }

  // MARK: the document

  /// The nodes of a document. Nobody changes them.
  struct Tree: @unchecked Sendable {
    let root: Node
    /// How many bytes it was made of.
    let size: Int

    func letGo() { Interruption.letGo(self, size: size) }
  }

  static func document(_ source: InputSource, name: String, limits: InputLimits) throws(RunError) -> Tree {
    guard var bytes = try source.rest(atMost: limits.yaml) else {
      throw RunError(.data, "\(name) is over \(limits.yaml >> 20) MiB of YAML", hint: "split it, or write it as JSON")
    }
    try Interruption.check()
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw RunError(.data, "\(name):\(invalidPlace(bytes)): this is not UTF-8", hint: "save the file as UTF-8")
    }
    if bytes.contains(UInt8(ascii: "*")) { try refuseAliases(bytes, name: name) }
    guard let tree = try compose(text, name: name) else { throw RunError(.data, "\(name):1:1: there is nothing") }
    return tree
  }

  private static func invalidPlace(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress, let bad = Scan.invalidUTF8(start, start + bytes.count) else { return "1:1" }
      var lineStart = bad
      while lineStart > start, lineStart[-1] != 10 { lineStart -= 1 }
      return "\(1 + Scan.count(10, start, bad)):\(1 + Scan.characters(lineStart, bad))"
    }
  }

  /// Yams does a document at once: a long one apart, since somebody may ask to stop.
  private static func compose(_ text: String, name: String) throws(RunError) -> Tree? {
    let size = text.utf8.count
    let work = { @Sendable () -> Result<Tree?, RunError> in
      do { return .success(try Yams.Parser(yaml: text, encoding: .utf8).singleRoot().map { Tree(root: $0, size: size) }) } catch {
        return .failure((error as? YamlError).map { Self.error($0, name) } ?? RunError(.data, "\(name): this is no YAML"))
      }
    }
    return try (size < 1 << 16 ? work() : try Interruption.apart(work)).get()
  }

  /// A value of YAML begins with `*` only if it is an alias. So the text is read once with letters in the place of all `*`: if a value
  /// begins where one was, it is an alias, and nothing has been made of it.
  private static func refuseAliases(_ bytes: [UInt8], name: String) throws(RunError) {
    // In the order of the text: line and column as one number each.
    var stars: [Int] = []
    var (line, column) = (1, 1)
    var masked = bytes
    var beat = Beat()
    for (index, byte) in bytes.enumerated() {
      try beat.turn()
      if byte == UInt8(ascii: "*") {
        stars.append(line << 32 | column)
        masked[index] = UInt8(ascii: "x")
      }
      if byte == 10 {
        (line, column) = (line + 1, 1)
      } else if byte & 0xc0 != 0x80 {
        column += 1
      }
    }
    guard let tree = try compose(String(decoding: masked, as: UTF8.self), name: name) else { return }
    defer { tree.letGo() }
    var rest = [tree.root]
    var first: Mark?
    while let node = rest.popLast() {
      try beat.turn()
      if let mark = node.mark, holds(stars, mark.line << 32 | mark.column), isPlain(node),
        first.map({ (mark.line, mark.column) < ($0.line, $0.column) }) ?? true
      {
        first = mark
      }
      if let mapping = node.mapping { for (key, value) in mapping { rest += [key, value] } }
      if let sequence = node.sequence { rest += Array(sequence) }
    }
    if let first { throw RunError(.data, "\(name):\(first): aliases are not read", hint: "write the value out where the alias stands") }
  }

  /// Whether a number is among others, which rise.
  private static func holds(_ numbers: [Int], _ number: Int) -> Bool {
    var (low, high) = (0, numbers.count)
    while low < high {
      let middle = (low + high) / 2
      if numbers[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low < numbers.count && numbers[low] == number
  }

  private static func isPlain(_ node: Node) -> Bool { node.scalar?.style == .plain }

  private static func error(_ error: YamlError, _ name: String) -> RunError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return RunError(.data, "\(name):\(mark): \(problem)")
    case .duplicatedKeysInMapping(let keys, let context):
      return RunError(.data, "\(name):\(context.mark): the key '\(keys.first ?? "")' comes twice")
    case .reader(let problem, _, _, _): return RunError(.data, "\(name): \(problem)")
    default: return RunError(.data, "\(name): this is no YAML")
    }
  }

  // MARK: values

  private mutating func cell(_ node: Node, _ slot: ReadingPlan.Slot, _ arena: Arena, depth: Int) throws(RunError) -> Cell {
    if depth > limits.depth { throw RunError(.data, "\(place(node)): over \(limits.depth) lists and mappings inside one another") }
    try beat.turn()
    if slot.isOptional, Self.isNull(node) { return .null }
    switch (node, slot.kind) {
    case (.sequence(let elements), .list):
      var values: [Value] = []
      let own = Arena()
      for (index, element) in elements.enumerated() {
        path.append(index)
        values.append(try cell(element, plan.slots[slot.link], own, depth: depth + 1).value)
        path.removeLast()
      }
      return withExtendedLifetime(own) { arena.cell(.list(values)) }
    case (.sequence(let elements), .table):
      var builder = TableBuilder(plan.records[slot.link].type, keeping: [], capacity: elements.count)
      for (index, element) in elements.enumerated() {
        path.append(index)
        let row = builder.addRow()
        if case .mapping(let mapping) = element {
          try members(mapping, element, slot.link, row, builder.arena, depth: depth + 1)
          if builder.type.fields.last?.name == RecordType.origin, let line = element.mark?.line {
            row[builder.type.fields.count - 1] = builder.arena.text("\(name):\(line)")
          }
        } else {
          bad(element, "a mapping")
        }
        path.removeLast()
      }
      return arena.cell(.table(builder.table()))
    case (.mapping(let mapping), .record):
      var builder = TableBuilder(plan.records[slot.link].type, keeping: [], capacity: 1)
      try members(mapping, node, slot.link, builder.addRow(), builder.arena, depth: depth + 1)
      return arena.cell(.record(Row(builder.table(), 0)))
    case (.scalar(let scalar), .text) where !Self.isNull(node): return arena.text(scalar.string)
    case (.scalar(let scalar), .symbol):
      if let number = Int32(scalar.string) { return .symbol(plan.enumerations[slot.link].type, Int(number)) }
      return self.scalar(scalar.string, node, slot, arena)
    case (.scalar(let scalar), .email), (.scalar(let scalar), .int), (.scalar(let scalar), .float), (.scalar(let scalar), .bool),
      (.scalar(let scalar), .date), (.scalar(let scalar), .time), (.scalar(let scalar), .duration), (.scalar(let scalar), .id):
      return self.scalar(scalar.string, node, slot, arena)
    default:
      bad(node, form(of: slot))
      return .null
    }
  }

  private mutating func scalar(_ text: String, _ node: Node, _ slot: ReadingPlan.Slot, _ arena: Arena) -> Cell {
    var text = text
    let cell = text.withUTF8 { bytes in bytes.baseAddress.flatMap { bytes.count > 0 ? TextCells.cell($0, bytes.count, slot, plan, arena) : nil } }
    if let cell { return cell }
    bad(node, form(of: slot))
    return .null
  }

  private mutating func members(
    _ mapping: Node.Mapping, _ node: Node, _ record: Int, _ cells: UnsafeMutablePointer<Cell>, _ arena: Arena, depth: Int
  ) throws(RunError) {
    let fields = plan.records[record].fields
    var values: [String: Node] = [:]
    for (key, value) in mapping { if let name = key.scalar?.string { values[name] = value } }
    for (index, field) in fields.enumerated() {
      path.append(index)
      if let value = values[field.name] {
        cells[index] = try cell(value, field.slot, arena, depth: depth)
      } else if !field.slot.isOptional {
        let told = problems.hasRoom ? "\(place(node)): \(pathText): there is no such key" : nil
        problems.add(told)
      }
      path.removeLast()
    }
  }

  private static func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  // MARK: problems

  private mutating func bad(_ node: Node, _ wanted: String) {
    let found =
      switch node {
      case .mapping: "a mapping"
      case .sequence: "a list"
      default: Self.isNull(node) ? "null" : "'\(String((node.scalar?.string ?? "").prefix(60)))'"
      }
    let told = problems.hasRoom ? "\(place(node)): \(pathText)\(path.isEmpty ? "" : ": ")\(found), expected \(wanted)" : nil
    problems.add(told)
  }

  private func place(_ node: Node) -> String { node.mark.map { "\(name):\($0)" } ?? name }
  private var pathText: String { plan.text(of: path, isRows: false, hidesRow: false) }
  private func form(of slot: ReadingPlan.Slot) -> String { slot.kind == .record ? "a mapping" : plan.form(of: slot) }
}

extension YAMLReader {
  /// The type of a document, from its values.
  static func inferredType(_ source: InputSource, name: String, limits: InputLimits = .standard) throws(RunError) -> Type {
    let tree = try document(source, name: name, limits: limits)
    defer { tree.letGo() }
    var beat = Beat()
    return try type(of: tree.root, name, depth: 1, limits, &beat)
  }

  private static func type(of node: Node, _ name: String, depth: Int, _ limits: InputLimits, _ beat: inout Beat) throws(RunError) -> Type {
    try beat.turn()
    if depth > limits.depth { throw RunError(.data, "\(name): over \(limits.depth) lists and mappings inside one another") }
    switch node {
    case .sequence(let elements):
      var element = Type.unknown
      for next in elements {
        guard let both = InferredType.merged(element, try type(of: next, name, depth: depth + 1, limits, &beat)) else {
          throw InferredType.refused("\(name):\(next.mark?.description ?? "1:1")")
        }
        element = both
      }
      return Type.list(of: element == .unknown ? .null : element)
    case .mapping(let mapping):
      var fields: [Field] = []
      for (key, value) in mapping {
        guard let word = key.scalar?.string else { continue }
        fields.append(Field(word, try type(of: value, name, depth: depth + 1, limits, &beat)))
      }
      return .record(RecordType(fields))
    default:
      if isNull(node) { return .null }
      guard let scalar = node.scalar, scalar.style == .plain else { return .text }
      if Int(scalar.string) != nil { return .int }
      if ["true", "false"].contains(scalar.string) { return .bool }
      return Double(scalar.string).map(\.isFinite) == true ? .float : .text
    }
  }
}
