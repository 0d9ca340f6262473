/// Addresses compare without case; the rest of a text comparison is by bytes.
enum Folding {
  static func folded(_ value: Value) -> Value {
    if case .text(let text) = value { return .text(TextOrder.folded(text)) }
    return value
  }

  static func equal(_ a: Cell, _ b: Cell) -> Bool {
    guard a.kind == .text, b.kind == .text else { return a == b }
    return equal(a.bytes, b.bytes)
  }

  static func equal(_ a: Cell, _ b: Value) -> Bool {
    guard a.kind == .text, case .text(var text) = b else { return same(a, b) }
    return text.withUTF8 { equal(a.bytes, UnsafeRawBufferPointer($0)) }
  }

  static func equal(_ a: Value, _ b: Value) -> Bool { folded(a) == folded(b) }

  /// A cell against a value of the same type, without making the cell one.
  static func same(_ a: Cell, _ b: Value) -> Bool {
    switch (a.kind, b) {
    case (.null, .null): return true
    case (.text, .text(var text)):
      return text.withUTF8 { text in TextOrder.equal(a.bytes, UnsafeRawBufferPointer(text)) }
    case (.int, .int(let value)): return a.int == value
    case (.symbol, .symbol(let type, let number)): return a.number == number && a.enumType === type
    default: return a.value == b
    }
  }

  /// ASCII letters fold byte by byte; other texts go through Unicode's lower case. Leaves off where somebody asked to stop.
  private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    var isASCII = true
    if a.count == b.count {
      for index in 0..<a.count {
        if index & 0xf_ffff == 0xf_ffff, Interruption.isRequested { return false }
        let (x, y) = (a[index], b[index])
        if x | y >= 0x80 {
          isASCII = false
          break
        }
        if lower(x) != lower(y) { return false }
      }
      if isASCII { return true }
    } else if !a.contains(where: { $0 >= 0x80 }), !b.contains(where: { $0 >= 0x80 }) {
      return false
    }
    return TextOrder.equal(TextOrder.folded(String(decoding: a, as: UTF8.self)), TextOrder.folded(String(decoding: b, as: UTF8.self)))
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
  }

  /// Whether a text has a part that is in lower case already; nil where the text has more than ASCII.
  static func containsFolded(_ text: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer, _ how: Containment) -> Bool? {
    if how != .has, text.count < part.count { return text.contains { $0 >= 0x80 } ? nil : false }
    switch how {
    case .starts:
      for index in 0..<part.count {
        if text[index] >= 0x80 { return nil }
        if lower(text[index]) != part[index] { return false }
      }
      return true
    case .ends:
      // Beyond ASCII a letter and its small one may differ in length, so the whole text is looked at.
      var bits: UInt8 = 0
      for byte in text { bits |= byte }
      if bits >= 0x80 { return nil }
      let start = text.count - part.count
      for index in 0..<part.count where lower(text[start + index]) != part[index] { return false }
      return true
    default:
      var bits: UInt8 = 0
      for byte in text { bits |= byte }
      if bits >= 0x80 { return nil }
      guard let first = part.first else { return true }
      guard text.count >= part.count else { return false }
      for start in 0...(text.count - part.count) where lower(text[start]) == first {
        var index = 1
        while index < part.count, lower(text[start + index]) == part[index] { index += 1 }
        if index == part.count { return true }
      }
      return false
    }
  }

  static func contains(_ text: UnsafeRawBufferPointer, _ part: UnsafeRawBufferPointer, _ how: Containment) throws(RunError) -> Bool {
    guard text.count >= part.count else { return false }
    switch how {
    case .starts: return TextOrder.equal(UnsafeRawBufferPointer(rebasing: text.prefix(part.count)), part)
    case .ends: return TextOrder.equal(UnsafeRawBufferPointer(rebasing: text.suffix(part.count)), part)
    default: return try TextScan.first(of: part, in: text) != nil
    }
  }
}

/// `groups["Engineering"]`: by the resource's keys, by its id.
enum Lookup {
  static func row(_ wanted: String, in table: Table, _ resource: ResourceType, _ span: Span) throws(RunError) -> Row {
    for key in resource.keys {
      guard let column = table.type.index(of: key) else { continue }
      let folds = table.type.fields[column].type.required == .email
      let found = (table.rows(thatMayHave: wanted, in: column) ?? Array(0..<table.count)).filter { index in
        let cell = table.cell(index, column)
        return folds ? Folding.equal(cell, .text(wanted)) : Folding.same(cell, .text(wanted))
      }
      if found.count > 1 {
        throw RunError(.ambiguous, "\(found.count) \(resource.plural) have the \(key) '\(wanted)'", span: span, hint: "use the id")
      }
      if let index = found.first { return Row(table, index) }
    }
    if let column = table.type.index(of: "id"), Conversion.isGUID(wanted),
      let index = (0..<table.count).first(where: { Folding.same(table.cell($0, column), .text(wanted.lowercased())) })
    {
      return Row(table, index)
    }
    let names = resource.keys.first.flatMap { table.type.index(of: $0) }.map { column in
      (0..<table.count).compactMap { index -> String? in
        if case .text(let text) = table.value(index, column) { return text }
        return nil
      }
    }
    let nearest = Suggestion.nearest(to: wanted, among: names ?? [])
    throw RunError(
      .notFound, "there is no \(resource.name.lowercased()) \(Conversion.isGUID(wanted) ? "with the id " : "")'\(wanted)'", span: span,
      hint: nearest.map { "did you mean '\($0)'?" } ?? addressHint(wanted, table, resource))
  }

  /// Where rows are found by their addresses, and somebody writes a name.
  private static func addressHint(_ wanted: String, _ table: Table, _ resource: ResourceType) -> String? {
    guard resource.keyType == .email, !wanted.contains("@"), !Conversion.isGUID(wanted) else { return nil }
    let fields = table.type.index(of: "name").flatMap { name in resource.keys.first.flatMap { table.type.index(of: $0) }.map { (name, key: $0) } }
    let named = fields.flatMap { fields in (0..<table.count).first { Folding.equal(table.cell($0, fields.0), .text(wanted)) }.map { table.cell($0, fields.key) } }
    let found = named.map { ": write \(resource.plural)[\($0.value.printed)]" } ?? ""
    return "a \(resource.name.lowercased()) is found by the e-mail address\(found)"
  }
}
