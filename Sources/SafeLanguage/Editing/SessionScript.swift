/// What worked at a prompt, as a script: the entries one after another, with names for what a script cannot say twice, and with `needs`.
public struct SessionScript: Sendable {
  /// An entry that ran to its end.
  public struct Entry: Sendable {
    public var text: String
    /// What it changed, by capability.
    public var changes: [String: Int]

    public init(text: String, changes: [String: Int]) {
      self.text = text
      self.changes = changes
    }
  }

  public var entries: [Entry]

  public init(_ entries: [Entry] = []) { self.entries = entries }

  /// The script, laid out, and what is still wrong with it as one.
  ///
  /// - Parameter world: where the types of files are found that no `as` tells.
  public func text(_ title: String, schema: Schema, loader: SourceLoader, in world: any World) -> (text: String, errors: [Diagnostic]) {
    let body = renamed(schema, loader, world)
    var text = "## \(title)\n"
    let needs = needs(of: body, schema, loader, world)
    if !needs.isEmpty { text += "needs \(needs)\n" }
    text += "\n" + body + "\n"
    text = ScriptFormatter.fixed(SourceFile(name: "", text: text), schema: schema, loader: loader)
    let laidOut = (try? ScriptFormatter.format(SourceFile(name: "", text: text))) ?? text
    let source = SourceFile(name: "", text: laidOut)
    let errors = Checker.check(source, schema: schema, mode: .script, loader: loader).diagnostics.filter { $0.severity == .error }
    return (laidOut, errors)
  }

  /// The script without some of its entries, but with those of them that name what a later one uses.
  ///
  /// - Parameter left: the places of those that are not wanted.
  public func leaving(out left: Set<Int>, schema: Schema, loader: SourceLoader, in world: any World) -> SessionScript {
    if left.isEmpty { return self }
    var checker = Checker(schema: schema, mode: .prompt, loader: loader)
    checker.inferring = { (format, path) throws(RunError) in try Input.inferredType(format, path, world) }
    // By slots, since one name may be given twice.
    let names = entries.map { checker.names(of: $0.text) }
    var needed: Set<Int> = []
    var kept: [Entry] = []
    for index in entries.indices.reversed() {
      guard !left.contains(index) || !names[index].given.isDisjoint(with: needed) else { continue }
      needed.formUnion(names[index].used)
      kept.append(entries[index])
    }
    return SessionScript(kept.reversed())
  }

  // MARK: needs

  /// What the entries changed, and at least what they say: a line that found nothing to do may have more to do the next time.
  private func needs(of body: String, _ schema: Schema, _ loader: SourceLoader, _ world: any World) -> String {
    var caps = entries.reduce(into: [String: Int]()) { sum, entry in sum.merge(entry.changes) { $0 + $1 } }
    var checker = Checker(schema: schema, mode: .prompt, loader: loader)
    checker.inferring = { (format, path) throws(RunError) in try Input.inferredType(format, path, world) }
    if let program = checker.program(SourceFile(name: "", text: body)).program {
      for write in program.estimate.writes {
        let isCounted = !write.calls.isTruncated && write.calls.terms.allSatisfy(\.each.isEmpty)
        caps[write.capability] = max(caps[write.capability] ?? 1, isCounted ? write.calls.value { _ in 0 }.count : 1)
      }
    }
    return caps.sorted { $0.key < $1.key }.map { "\($0.key) <= \($0.value)" }.joined(separator: ", ")
  }

  // MARK: names

  /// The entries, where each variable has a name of its own, `_` is a variable, and files have their types.
  private func renamed(_ schema: Schema, _ loader: SourceLoader, _ world: any World) -> String {
    var checker = Checker(schema: schema, mode: .prompt, loader: loader)
    var names = ScriptNames()
    var texts: [String] = []
    /// The entry and the place of the expression that was shown last.
    var shown: (entry: Int, span: Span, type: Type)?
    for entry in entries {
      let source = SourceFile(name: "", text: entry.text)
      checker.symbols = SymbolIndex()
      checker.inferring = { (format, path) throws(RunError) in try Input.inferredType(format, path, world) }
      guard let program = checker.program(source).program else {
        texts.append(entry.text)
        continue
      }
      checker.diagnostics = []
      var fixes = names.fixes(checker.symbols, source)
      fixes += program.inputsWithoutType(source)
      // What was shown before gets a name where this entry asks for it.
      if names.usesLast, let place = shown {
        texts[place.entry] = Self.naming(place.span, in: texts[place.entry], names.last)
        shown = nil
        names.usesLast = false
      }
      texts.append(Fix.applied(fixes, to: source))
      if let statement = program.statements.last, case .expression(let value, isShown: true) = statement.kind {
        let slot = checker.newSlot()
        names.nameLast(slot)
        checker.scopes[0][PromptSession.last] = Checker.Variable(slot: slot, type: value.type, isVariable: false, level: 0, parDepth: 0)
        let moved = Fix.moved(statement.span, by: fixes)
        shown = (texts.count - 1, moved, value.type)
      }
    }
    return texts.joined(separator: "\n")
  }

  /// `expression` as `let name = expression` with the name below, which shows it.
  private static func naming(_ span: Span, in text: String, _ name: String) -> String {
    let source = SourceFile(name: "", text: text)
    return source.text(0, span.start) + "let \(name) = " + source.text(span) + "\n\(name)" + source.text(span.end, source.bytes.count)
  }
}

extension Checker {
  /// The slots that an entry of the prompt gives values to, `_` among them, and those that it uses.
  fileprivate mutating func names(of text: String) -> (given: Set<Int>, used: Set<Int>) {
    symbols = SymbolIndex()
    guard let program = program(SourceFile(name: "", text: text)).program else { return ([], []) }
    diagnostics = []
    let used = (symbols?.entries ?? []).compactMap { entry -> Int? in if case .variable(let slot) = entry.symbol { slot } else { nil } }
    var given = Set(symbols?.declarations.values.filter { $0.kind == .let || $0.kind == .var }.map(\.slot) ?? [])
    if let statement = program.statements.last, case .expression(let value, isShown: true) = statement.kind {
      let slot = newSlot()
      scopes[0][PromptSession.last] = Variable(slot: slot, type: value.type, isVariable: false, level: 0, parDepth: 0)
      given.insert(slot)
    }
    return (given, Set(used))
  }
}

/// Names by slot: the second `let x` becomes `x2`.
private struct ScriptNames {
  private var bySlot: [Int: String] = [:]
  private var taken: Set<String> = []
  private var lasts = 0
  private var lastSlot: Int?
  /// Whether an entry asked for the value that was shown last.
  var usesLast = false
  var last: String { lasts == 1 ? "last" : "last\(lasts)" }

  mutating func nameLast(_ slot: Int) { lastSlot = slot }

  mutating func fixes(_ symbols: SymbolIndex?, _ source: SourceFile) -> [Fix] {
    guard let symbols else { return [] }
    var fixes: [Fix] = []
    // Only what is declared at the top can clash with what another entry declares there.
    for declaration in symbols.declarations.values.sorted(by: { $0.slot < $1.slot }) where declaration.kind == .let || declaration.kind == .var {
      var name = declaration.name.text
      var number = 2
      while taken.contains(name) {
        name = "\(declaration.name.text)\(number)"
        number += 1
      }
      taken.insert(name)
      bySlot[declaration.slot] = name
    }
    for (span, symbol) in symbols.entries {
      guard case .variable(let slot) = symbol else { continue }
      var name = bySlot[slot]
      if slot == lastSlot, name == nil {
        lasts += 1
        while taken.contains(last) { lasts += 1 }
        taken.insert(last)
        bySlot[slot] = last
        name = last
        usesLast = true
      }
      if let name, source.text(span) != name { fixes.append(Fix(span: span, text: name)) }
    }
    return fixes
  }
}

extension Fix {
  /// Where a span is after these were put in before it or inside of it.
  static func moved(_ span: Span, by fixes: [Fix]) -> Span {
    var (start, end) = (span.start, span.end)
    for fix in apart(fixes) {
      let grown = fix.text.utf8.count - (fix.span.end - fix.span.start)
      if fix.span.end <= span.start { start += grown }
      if fix.span.end <= span.end { end += grown }
    }
    return Span(start, end)
  }
}

extension CheckedProgram {
  /// ` as { … }` behind what reads a file without saying what is in it.
  func inputsWithoutType(_ source: SourceFile) -> [Fix] {
    var fixes: [Fix] = []
    func look(_ expression: TypedExpression) {
      if case .input(let format, _, let type) = expression.kind, !isTyped(expression.span, source) {
        fixes.append(Fix(span: Span(expression.span.end, expression.span.end), text: " as \(type.written(rowOf: format))"))
      }
      for part in expression.parts { look(part) }
      if case .pipeline(_, let stages) = expression.kind {
        for stage in stages { if case .join(let join) = stage.kind { look(join.table) } }
      }
    }
    for statement in statements {
      switch statement.kind {
      case .store(_, let value), .expression(let value, _), .loop(_, let value, _): look(value)
      default: break
      }
    }
    return fixes
  }

  private func isTyped(_ span: Span, _ source: SourceFile) -> Bool {
    var lexer = Lexer(SourceFile(name: "", text: source.text(span)))
    return lexer.tokens().contains { $0.isKeyword(.as) }
  }
}

extension Type {
  /// As `as` has it: that of a row where the format has rows.
  fileprivate func written(rowOf format: InputFormat) -> String {
    if format.namesRow, case .table(let row) = self { return Self.written(row) }
    return written
  }

  private var written: String {
    switch self {
    case .optional(let inner): inner.written + "?"
    case .list(let element): "[\(element.written)]"
    case .table(let row): "[\(Self.written(row))]"
    case .record(let row): Self.written(row)
    default: "\(self)"
    }
  }

  /// Names that are no words stand in quotes.
  private static func written(_ row: RecordType) -> String {
    let fields = row.visible.map { field in
      let isName = field.name.utf8.allSatisfy { isWord($0) } && !(field.name.first?.isNumber ?? true)
      return "\(isName ? field.name : Value.text(field.name).literal): \(field.type.written)"
    }
    return "{ " + fields.joined(separator: ", ") + " }"
  }
}
