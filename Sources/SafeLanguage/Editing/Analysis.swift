/// A script as an editor sees it: what is wrong with it, and what its names mean.
public struct Analysis {
  public let source: SourceFile
  /// Of the script itself and of the files that it uses.
  public let diagnostics: [Diagnostic]
  /// What is there now, for completion.
  public var live = LiveNames()
  let checker: Checker
  let parsed: Parser.Parsed

  public init(_ source: SourceFile, schema: Schema, loader: SourceLoader) {
    self.source = source
    var checker = Checker(schema: schema, mode: .script, loader: loader)
    checker.symbols = SymbolIndex()
    diagnostics = checker.program(source).diagnostics
    self.checker = checker
    parsed = Parser.parse(source, marking: true)
  }

  /// Where a name comes from.
  public struct Place: Sendable {
    public var source: SourceFile
    public var span: Span
  }

  /// Where the name at a byte offset is declared.
  public func definition(at offset: Int) -> Place? {
    guard let symbols = checker.symbols, let found = symbols.symbol(at: offset) else { return nil }
    switch found.symbol {
    case .variable(let slot):
      return symbols.declarations[slot].map { Place(source: checker.files[$0.file].source, span: $0.name.span) }
    case .definition(let index):
      let definition = checker.definitions[index]
      return Place(source: definition.source, span: definition.syntax.name.span)
    case .module(let file): return Place(source: checker.files[file].source, span: Span(0, 0))
    default: return nil
    }
  }

  /// The path in the `use` that brings a file in, be it by others.
  public func use(of source: SourceFile) -> Span? {
    let uses = parsed.program.statements.compactMap { statement -> (path: Word, name: Word)? in
      if case .use(let path, let name) = statement.kind { return (path, name) }
      return nil
    }
    func leads(_ file: Int, _ depth: Int) -> Bool {
      checker.files[file].source.name == source.name
        || depth < Checker.maximumUseDepth && checker.files[file].modules.values.contains { leads($0, depth + 1) }
    }
    return uses.first { use in checker.files[0].modules[use.name.text].map { leads($0, 0) } ?? false }?.path.span ?? uses.first?.path.span
  }

  /// The pieces that are something, for whoever colours them.
  public var roles: [(span: Span, role: Highlighter.Role)] { Highlighter.roles(source.text(0, source.bytes.count), schema: checker.schema) }

  // MARK: completion

  /// The bytes that a candidate takes the place of, and the candidates.
  public func completions(at offset: Int) -> (range: Range<Int>, candidates: [Completer.Candidate]) {
    var completer = Completer(seen(at: offset))
    completer.live = live
    return completer.candidates(source.text(0, source.bytes.count), at: offset)
  }

  /// A checker that knows what the place sees.
  private func seen(at offset: Int) -> Checker {
    var seen = Checker(schema: checker.schema, mode: .prompt)
    seen.files = checker.files
    seen.definitions = checker.definitions
    seen.slots = checker.slots
    for declaration in declarations(before: offset) {
      seen.scopes[0][declaration.name.text] = Checker.Variable(
        slot: declaration.slot, type: declaration.type, isVariable: declaration.kind == .var, level: 0, parDepth: 0)
    }
    return seen
  }

  /// What is declared before a place in the blocks around it. A row or parameter is seen in the block that follows its name.
  private func declarations(before offset: Int) -> [SymbolIndex.Declaration] {
    var known: [Int: SymbolIndex.Declaration] = [:]
    for declaration in checker.symbols?.declarations.values.sorted(by: { $0.slot < $1.slot }) ?? [] where declaration.file == 0 {
      known[declaration.name.span.start] = declaration
    }
    var blocks: [[SymbolIndex.Declaration]] = [[]]
    var pending: [SymbolIndex.Declaration] = []
    for token in parsed.tokens where token.span.end <= offset {
      if token.isSign(.openBrace) {
        let isBlock = parsed.marks.braces[token.span.start] == .block
        blocks.append(isBlock ? pending : [])
        if isBlock { pending = [] }
      } else if token.isSign(.closeBrace), blocks.count > 1 {
        blocks.removeLast()
      } else if let declaration = known[token.span.start] {
        if declaration.kind == .row || declaration.kind == .parameter { pending.append(declaration) } else { blocks[blocks.count - 1].append(declaration) }
      }
    }
    return blocks.flatMap { $0 } + pending
  }

  // MARK: outline

  /// A declaration of the top level.
  public struct Item: Sendable {
    /// What an editor lists it as.
    public enum Kind: Sendable { case function, variable, parameter, module, test }

    public var name: String
    public var kind: Kind
    public var detail: String
    public var span: Span
    public var nameSpan: Span
  }

  public var items: [Item] {
    parsed.program.statements.compactMap { statement in
      func item(_ name: Word, _ kind: Item.Kind, _ detail: String = "") -> Item {
        Item(name: name.text, kind: kind, detail: detail, span: statement.span, nameSpan: name.span)
      }
      switch statement.kind {
      case .declare(let name, _, _, _): return item(name, .variable)
      case .param(let name, _, _, let documentation): return item(name, .parameter, documentation)
      case .define(let syntax):
        return item(syntax.name, .function, checker.files[0].definitions[syntax.name.text].map { checker.definitions[$0].signature } ?? "")
      case .use(let path, let name): return item(name, .module, path.text)
      case .test(let title, _, _): return item(title, .test)
      default: return nil
      }
    }
  }
}
