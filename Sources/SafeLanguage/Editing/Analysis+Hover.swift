extension Analysis {
  /// What is told about a word: a line of code, and text in Markdown.
  public struct Hover: Sendable {
    public var span: Span
    public var text: String
  }

  /// What the word at a byte offset is.
  public func hover(at offset: Int) -> Hover? {
    if let found = checker.symbols?.symbol(at: offset), let text = text(found.symbol) { return Hover(span: found.span, text: text) }
    guard let index = parsed.tokens.lastIndex(where: { $0.span.start <= offset && offset <= $0.span.end && $0.word != nil }) else { return nil }
    let token = parsed.tokens[index]
    return word(token, index).map { Hover(span: token.span, text: $0) }
  }

  /// A stage, a statement's word, or a capability.
  private func word(_ token: Token, _ index: Int) -> String? {
    guard let word = token.word else { return nil }
    if index > 0, parsed.tokens[index - 1].isSign(.pipe), let stage = Library.stage(word) {
      return Self.entry(stage.syntax, [stage.summary, Self.example(stage.example)])
    }
    if parsed.marks.statements.contains(token.span.start), let entry = Library.statement(word) { return Self.entry(entry.syntax, [entry.summary]) }
    guard let need = needs.first(where: { $0.capability.span.start <= token.span.start && token.span.end <= $0.capability.span.end }) else { return nil }
    let verbs = checker.schema.verbs.filter { $0.capability == need.capability.text }
    return verbs.isEmpty ? nil : Self.entry("\(need.capability.text) <= \(need.cap)", verbs.map { "`\($0.signature)` \($0.summary)" })
  }

  private var needs: [NeedSyntax] {
    parsed.program.statements.flatMap { statement -> [NeedSyntax] in
      if case .needs(let needs) = statement.kind { return needs }
      return []
    }
  }

  private func text(_ symbol: SymbolIndex.Symbol) -> String? {
    switch symbol {
    case .variable(let slot): return checker.symbols?.declarations[slot].map { variable($0) }
    case .definition(let index): return definition(checker.definitions[index])
    case .module(let file): return Self.entry("use \"\(checker.files[file].source.name)\"", [names(of: file)])
    case .resource(let resource):
      let fields = resource.row.visible.map { "`.\($0.name)` \($0.type)" }.joined(separator: ", ")
      let relations = resource.relations.map { "`.\($0.name)`" }.joined(separator: ", ")
      return Self.entry("\(resource.plural): [\(resource.name)]", [resource.summary, fields, relations])
    case .relation(let relation): return Self.entry(".\(relation.name): [\(relation.target)]", ["of a \(relation.source); fetched in bulk"])
    case .field(let field, let owner): return Self.entry(".\(field.name): \(field.type)", ["of \(owner)"])
    case .enumCase(let name, let type): return Self.entry("\(name): \(type.name)", [type.cases.prefix(12).map(\.name).joined(separator: ", ")])
    case .method(let method, let receiver, let result): return self.method(method, receiver, result)
    case .function(let function):
      let parameters = function.parameters.map { "\($0.name): \($0.type)\($0.isRequired ? "" : "?")" }.joined(separator: ", ")
      return Self.entry("\(function.name)(\(parameters)) -> \(function.result)", [effect(function.effect), function.summary, Self.example(function.example)])
    case .aggregate(let aggregate): return Self.entry("\(aggregate.name)(…)", ["an aggregate: \(aggregate.summary)"])
    case .verb(let verb):
      return Self.entry(
        verb.signature, [verb.summary, "\(effect(verb.effect)), as `needs \(verb.capability) <= N` allows", "as in: `\(verb.example)`"])
    case .type(let type): return typeText(type)
    }
  }

  private func variable(_ declaration: SymbolIndex.Declaration) -> String {
    let name = declaration.name.text
    switch declaration.kind {
    case .row: return Self.entry("\(name): \(declaration.type)", ["the row"])
    case .parameter: return Self.entry("\(name): \(declaration.type)", ["an argument"])
    case .param:
      let documentation = checker.parameters.first { $0.name == name }?.documentation ?? ""
      return Self.entry("param \(name): \(declaration.type)", [documentation, "`--\(CheckedProgram.optionName(of: name))` on the command line"])
    case .let, .var: return Self.entry("\(declaration.kind.rawValue) \(name): \(declaration.type)", [])
    }
  }

  private func definition(_ definition: Definition) -> String {
    let writes = definition.capabilities.keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
    return Self.entry(
      "def \(definition.signature)", [definition.syntax.documentation, writes.isEmpty ? effect(definition.effect) : "writes: \(writes)"])
  }

  private func names(of file: Int) -> String {
    let scope = checker.files[file]
    return (scope.definitions.keys.sorted().map { "\($0)(…)" } + scope.variables.keys.sorted()).map { "`\($0)`" }.joined(separator: ", ")
  }

  private func method(_ method: Method, _ receiver: Type, _ result: Type?) -> String {
    let parameters = method.parameters.map { $0.isRequired ? $0.name : "\($0.name)?" }.joined(separator: ", ")
    return Self.entry(
      "\(method.name)(\(parameters))" + (result.map { " -> \($0)" } ?? ""), ["of \(receiver)", method.summary, Self.example(method.example)])
  }

  private func typeText(_ type: Type) -> String {
    switch type {
    case .enumeration(let enumeration): return Self.entry(enumeration.name, [enumeration.summary])
    case .record(let row): return Self.entry("\(type)", [row.visible.map { "`.\($0.name)` \($0.type)" }.joined(separator: ", ")])
    default: return Self.entry("\(type)", [])
    }
  }

  private func effect(_ effect: Effect) -> String {
    switch effect {
    case .pure: "touches nothing"
    case .read: "reads"
    case .write: "writes"
    case .destroy: "destroys"
    }
  }

  private static func example(_ example: (code: String, result: String)) -> String { code("\(example.code)  # => \(example.result)") }

  private static func code(_ text: String) -> String { "```safe\n\(text)\n```" }

  private static func entry(_ head: String, _ lines: [String]) -> String {
    ([code(head)] + lines.filter { !$0.isEmpty }).joined(separator: "\n\n")
  }
}
