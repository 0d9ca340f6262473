/// What completion knows from declarations: capabilities, types, used files, named arguments.
extension Completer {
  /// Candidates where only certain words may stand; nil elsewhere.
  func declared(_ tokens: ArraySlice<Token>, _ marks: TokenMarks, _ isTouching: Bool) -> [Candidate]? {
    guard let last = tokens.last else { return nil }
    let statement = tokens.lastIndex { marks.statements.contains($0.span.start) } ?? tokens.startIndex
    if tokens[statement].isKeyword(.needs) { return capabilities(tokens[statement...]) }
    let previous = tokens.dropLast().last
    if last.isSign(.dot), isTouching, case .name(let name)? = previous?.kind, let module = module(name) { return members(of: module) }
    if last.isSign(.arrow) || last.isSign(.colon) && isTypePlace(tokens, statement, marks) { return types }
    return labels(tokens)
  }

  // MARK: needs

  private func capabilities(_ statement: ArraySlice<Token>) -> [Candidate] {
    guard let last = statement.last else { return [] }
    let help = Dictionary(schema.verbs.map { ($0.capability, $0.summary) }) { first, _ in first }
    if last.isSign(.dot), let resource = statement.dropLast().last?.word {
      return schema.capabilities.filter { $0.hasPrefix("\(resource).") }.map {
        Candidate(text: String($0.dropFirst(resource.utf8.count + 1)), help: help[$0] ?? "")
      }
    }
    guard last.isKeyword(.needs) || last.isSign(.comma) else { return [] }
    return schema.capabilities.map { Candidate(text: $0, help: help[$0] ?? "") }
  }

  // MARK: used files

  private func module(_ name: String) -> Int? { checker.variable(name) == nil ? checker.files[0].modules[name] : nil }

  private func members(of module: Int) -> [Candidate] {
    let file = checker.files[module]
    return file.definitions.sorted { $0.key < $1.key }.map { Candidate(text: $0.key, help: checker.definitions[$0.value].signature) }
      + file.variables.sorted { $0.key < $1.key }.map { Candidate(text: $0.key, help: "\($0.value.type)") }
  }

  // MARK: types

  var types: [Candidate] {
    ["Text", "Int", "Float", "Bool", "Date", "Time", "Duration", "Email"].map { Candidate(text: $0, help: "") }
      + schema.resources.map { Candidate(text: $0.name, help: "a row of \($0.plural)") }
      + schema.enumerations.map { Candidate(text: $0.name, help: $0.cases.prefix(6).map(\.name).joined(separator: ", ")) }
  }

  /// After the colon of a declaration, of a parameter, or of a field in a type.
  private func isTypePlace(_ tokens: ArraySlice<Token>, _ statement: Int, _ marks: TokenMarks) -> Bool {
    let inside = tokens[statement...]
    if let brace = openBracket(inside), marks.braces[tokens[brace].span.start] == .type { return true }
    guard let first = inside.first else { return false }
    if first.isKeyword(.def) { return openBracket(inside).map { tokens[$0].isSign(.openParenthesis) } ?? false }
    return inside.count == 3 && (first.isKeyword(.let) || first.isKeyword(.var) || first.isKeyword(.param))
  }

  /// The innermost bracket that is still open at the end.
  func openBracket(_ tokens: ArraySlice<Token>) -> Int? {
    var depth = 0
    for index in tokens.indices.reversed() {
      if tokens[index].closes { depth += 1 }
      if tokens[index].opens {
        if depth == 0 { return index }
        depth -= 1
      }
    }
    return nil
  }

  // MARK: arguments

  /// The names of a call's arguments, where one may begin.
  private func labels(_ tokens: ArraySlice<Token>) -> [Candidate]? {
    guard let last = tokens.last, last.isSign(.openParenthesis) || last.isSign(.comma), let open = openBracket(tokens), tokens[open].isSign(.openParenthesis),
      !tokens[open].spaceBefore, open > tokens.startIndex, case .name(let name) = tokens[open - 1].kind
    else { return nil }
    var parameters: [(name: String, type: Type)] = []
    if open - 3 >= tokens.startIndex, tokens[open - 2].isSign(.dot), case .name(let file) = tokens[open - 3].kind, let module = module(file) {
      guard let index = checker.files[module].definitions[name] else { return nil }
      parameters = checker.definitions[index].parameters.map { ($0.name, $0.type) }
    } else if let index = checker.files[0].definitions[name] {
      parameters = checker.definitions[index].parameters.map { ($0.name, $0.type) }
    } else {
      return nil
    }
    let given = Set(zip(tokens[open...], tokens[open...].dropFirst()).compactMap { $1.isSign(.colon) ? $0.word : nil })
    return parameters.filter { !given.contains($0.name) }.map { Candidate(text: "\($0.name):", help: "\($0.type)") } + names
  }
}
