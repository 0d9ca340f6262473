/// What could stand at a place of an unfinished text, by type: the same for the prompt and for editors.
public struct Completer {
  /// What can be put in at a place.
  public struct Candidate: Hashable, Sendable {
    public var text: String
    public var help: String
    /// Whether something stands behind it, after a blank.
    public var isFollowed: Bool

    public init(text: String, help: String, isFollowed: Bool = false) {
      self.text = text
      self.help = help
      self.isFollowed = isFollowed
    }
  }

  let schema: Schema
  /// Knows the variables, definitions and used files that the place sees.
  let checker: Checker
  /// What is there now.
  public var live = LiveNames()
  /// Where the statements before the place begin.
  var starts: Set<Int> = []

  public init(schema: Schema, variables: [String: Type]) {
    var checker = Checker(schema: schema, mode: .prompt)
    for (name, type) in variables { _ = checker.declare(Word(text: name, span: Span(0, 0)), type) }
    self.init(checker)
  }

  init(_ checker: Checker) {
    schema = checker.schema
    self.checker = checker
  }

  /// The bytes that a candidate takes the place of, and the candidates in their order. `offset` is in bytes.
  public func candidates(_ text: String, at offset: Int) -> (range: Range<Int>, candidates: [Candidate]) {
    let words = words(text, at: offset)
    guard let live = liveCandidates(text, at: offset), !live.candidates.isEmpty else { return words }
    // An address is longer than a word, and then no word can stand there.
    if live.isAll || live.range != words.range { return (live.range, live.candidates) }
    return (live.range, live.candidates + words.candidates)
  }

  /// What the language knows.
  private func words(_ text: String, at offset: Int) -> (range: Range<Int>, candidates: [Candidate]) {
    let bytes = Array(text.utf8.prefix(offset))
    var start = bytes.count
    while start > 0, isWord(bytes[start - 1]) { start -= 1 }
    let word = String(decoding: bytes[start...], as: UTF8.self)
    let before = String(decoding: bytes[..<start], as: UTF8.self)
    let parsed = Parser.parse(SourceFile(name: "", text: before), marking: true)
    guard !isInTextOrComment(parsed, before.utf8.count) else { return quotedFields(text, parsed, at: offset) ?? (offset..<offset, []) }
    var completer = self
    completer.starts = parsed.marks.statements
    let found = completer.place(before, parsed).filter { $0.text.drop { $0 == "." || $0 == "\"" }.lowercased().hasPrefix(word.lowercased()) }
    return (start..<offset, found)
  }

  /// Inside of the quotes behind a dot: `."e`.
  private func quotedFields(_ text: String, _ parsed: Parser.Parsed, at offset: Int) -> (range: Range<Int>, candidates: [Candidate])? {
    let bytes = Array(text.utf8)
    guard let quote = parsed.diagnostics.first(where: { $0.code == .openText })?.span.start, quote > 0, bytes[quote] == UInt8(ascii: "\""),
      bytes[quote - 1] == UInt8(ascii: ".")
    else { return nil }
    let before = String(decoding: bytes[..<quote], as: UTF8.self)
    let typed = String(decoding: bytes[quote..<offset], as: UTF8.self)
    let outside = Parser.parse(SourceFile(name: "", text: before), marking: true)
    var completer = self
    completer.starts = outside.marks.statements
    let found = completer.place(before, outside).filter { $0.text.hasPrefix("\"") && $0.text.lowercased().hasPrefix(typed.lowercased()) }
    let isClosed = offset < bytes.count && bytes[offset] == UInt8(ascii: "\"")
    return (quote..<(isClosed ? offset + 1 : offset), found)
  }

  private func isInTextOrComment(_ parsed: Parser.Parsed, _ end: Int) -> Bool {
    if parsed.diagnostics.contains(where: { $0.code == .openText && $0.span.end >= end }) { return true }
    return parsed.comments.last.map { $0.end == end } ?? false
  }

  // MARK: places

  private func place(_ before: String, _ parsed: Parser.Parsed) -> [Candidate] {
    let tokens = parsed.tokens.dropLast()
    guard let last = tokens.last else { return beginning(tokens) }
    let isTouching = last.span.end == before.utf8.count
    if let found = declared(tokens, parsed.marks, isTouching) { return found }
    if last.isSign(.dot) || last.isSign(.questionDot), isTouching {
      // A dot after a space begins a field of the current row; elsewhere it selects from what stands before it.
      if last.spaceBefore || isOpening(tokens.dropLast().last) { return fields(of: rowType(before, tokens)) }
      return fields(of: valueType(before, tokens))
    }
    if last.isSign(.pipe) { return stages(after: pipelineType(before, tokens)) }
    if let comparison = tokens.last, isComparison(comparison), let field = operand(before, tokens) { return values(of: field) }
    if last.isSign(.colon), let label = tokens.dropLast().last?.word { return argument(label, tokens) }
    if last.isSign(.openBracket), let key = lookupKey(tokens) { return values(of: key) }
    if listedRows(tokens) != nil { return names }
    if let verb = openVerb(tokens) { return subjects(of: verb, last) + labels(of: verb, tokens) + names }
    if let resource = openList(tokens) { return labels(resource.filters, resource.signature, tokens) }
    if let found = rowCandidates(before, tokens) { return found }
    return isStart(last) || before.utf8.last == UInt8(ascii: "\n") ? beginning(tokens) : names
  }

  func isOpening(_ token: Token?) -> Bool {
    guard let token else { return true }
    switch token.kind {
    case .sign(.closeParenthesis), .sign(.closeBracket), .name, .text, .email, .guid, .int, .date, .time, .keyword(.it): return false
    default: return true
    }
  }

  private func isStart(_ token: Token) -> Bool {
    token.isSign(.semicolon) || token.isSign(.openBrace) || token.isSign(.closeBrace) || token.isSign(.assign) || token.isSign(.openParenthesis)
  }

  private func isComparison(_ token: Token) -> Bool { token.isSign(.equal) || token.isSign(.notEqual) }

  private func beginning(_ tokens: ArraySlice<Token>) -> [Candidate] {
    let isTop = !tokens.contains { $0.isSign(.openBrace) } || braces(tokens) == 0
    let readers = InputFormat.allCases.map { Candidate(text: $0.rawValue, help: $0.summary, isFollowed: true) }
    func inOrder(_ candidates: [Candidate]) -> [Candidate] { candidates.sorted { $0.text < $1.text } }
    return ownNames + resources + inOrder(verbs) + inOrder(functions + readers) + inOrder(words(isTop: isTop))
  }

  private func braces(_ tokens: ArraySlice<Token>) -> Int {
    tokens.reduce(0) { $0 + ($1.isSign(.openBrace) ? 1 : $1.isSign(.closeBrace) ? -1 : 0) }
  }

  private func words(isTop: Bool) -> [Candidate] {
    Library.statements.filter { isTop || !$0.isTop }.map {
      Candidate(text: $0.name, help: "\($0.syntax)   \($0.summary)", isFollowed: $0.syntax.hasPrefix($0.name + " "))
    }
  }

  private var variables: [String: Type] {
    checker.scopes.reduce(into: [:]) { found, scope in found.merge(scope.mapValues(\.type)) { $1 } }
  }

  var names: [Candidate] { ownNames + resources + functions }

  private var resources: [Candidate] { schema.resources.map { Candidate(text: $0.plural, help: $0.summary) } }
  private var functions: [Candidate] { Library.functions.map { Candidate(text: $0.name, help: $0.summary) } }

  /// What the script, or the prompt, has given a name.
  private var ownNames: [Candidate] {
    let variables = variables
    return variables.keys.sorted().map { Candidate(text: $0, help: variables[$0].map { "\($0)" } ?? "") }
      + definitions.map { Candidate(text: $0.name, help: $0.signature) }
      + checker.files[0].modules.keys.sorted().map { Candidate(text: $0, help: "a used file") }
  }

  private var verbs: [Candidate] {
    var seen: Set<String> = []
    return schema.verbs.filter { seen.insert($0.name).inserted }.map { Candidate(text: $0.name, help: "\($0.signature)   \($0.summary)", isFollowed: true) }
  }

  private var definitions: [Definition] {
    checker.files[0].definitions.sorted { $0.key < $1.key }.map { checker.definitions[$0.value] }
  }

  private func stages(after type: Type?) -> [Candidate] {
    let methods = type.map { type in Library.methods.filter { $0.accepts(type) && Library.stage($0.name) == nil } } ?? []
    let isReport = if case .table(let row)? = type { row.index(of: RecordType.outcome) != nil } else { false }
    let stages = Library.stages.filter { $0.name != "report" || isReport }
    return stages.map { Candidate(text: $0.name, help: "\($0.syntax)   \($0.summary)", isFollowed: $0.syntax.contains(" ")) }
      + definitions.filter { $0.parameters.first?.type.element != nil }.map { Candidate(text: $0.name, help: $0.signature) }
      + methods.map { Candidate(text: $0.name, help: $0.summary) }
  }

  private func fields(of type: Type?) -> [Candidate] {
    guard let type else { return [] }
    var found: [Candidate] = []
    switch type.required {
    case .record(let row): found = rowFields(row)
    case .table(let row): found = row.visible.map { Candidate(text: $0.written, help: "\($0.type)") }
    default: break
    }
    return found + Library.methods.filter { $0.accepts(type.required) }.map { Candidate(text: $0.name + "(", help: $0.summary) }
  }

  /// What may stand where a value of this type is wanted: of an enumeration its cases, and the names that give one; else any name.
  func values(of type: Type) -> [Candidate] {
    let cases = cases(of: type)
    if cases.isEmpty { return names }
    let variables = variables
    return cases + variables.keys.sorted().filter { variables[$0]?.required == type.required }.map { Candidate(text: $0, help: variables[$0].map { "\($0)" } ?? "") }
      + definitions.filter { $0.result?.required == type.required }.map { Candidate(text: $0.name, help: $0.signature) }
  }

  func cases(of type: Type) -> [Candidate] {
    guard case .enumeration(let enumeration) = type.required else { return [] }
    return enumeration.cases.map { Candidate(text: $0.name, help: enumeration.name) }
  }

  // MARK: verbs

  /// The verb whose arguments are being written.
  func openVerb(_ tokens: ArraySlice<Token>) -> [Verb]? {
    for token in tokens.reversed() {
      switch token.kind {
      case .name(let name):
        let verbs = schema.verbs.filter { $0.name == name }
        if !verbs.isEmpty { return verbs }
      case .sign(.pipe), .sign(.semicolon), .sign(.openBrace), .sign(.closeBrace), .sign(.assign), .sign(.openParenthesis): return nil
      default: break
      }
      if starts.contains(token.span.start) { return nil }
    }
    return nil
  }

  private func labels(of verbs: [Verb], _ tokens: ArraySlice<Token>) -> [Candidate] {
    var labels = labels(verbs.flatMap(\.parameters), verbs[0].signature, tokens)
    for verb in verbs {
      if case .word(let word) = verb.subject, !tokens.contains(where: { $0.word == word }) { labels.insert(Candidate(text: word, help: verb.summary), at: 0) }
    }
    return labels
  }

  // MARK: types of what stands before

  /// The part from the start of the statement or block around the place.
  func statement(_ tokens: ArraySlice<Token>) -> ArraySlice<Token> {
    var depth = 0
    for index in tokens.indices.reversed() {
      let token = tokens[index]
      if token.isSign(.closeBrace) || token.isSign(.closeParenthesis) || token.isSign(.closeBracket) { depth += 1 }
      if token.isSign(.openBrace) || token.isSign(.openParenthesis) || token.isSign(.openBracket) {
        if depth == 0 { return tokens[(index + 1)...] }
        depth -= 1
      }
      guard depth == 0 else { continue }
      if token.isSign(.semicolon) || token.isSign(.addAssign) || token.isSign(.assign) && isDeclaration(tokens, index) { return tokens[(index + 1)...] }
      if token.isKeyword(.return) || token.isKeyword(.assert) || token.isKeyword(.if) || isLoop(tokens, index) { return tokens[(index + 1)...] }
      if starts.contains(token.span.start) { return tokens[index...] }
    }
    return tokens
  }

  /// Whether a `=` gives a whole statement its value, and not a column.
  private func isDeclaration(_ tokens: ArraySlice<Token>, _ index: Int) -> Bool {
    for token in tokens[..<index].reversed() {
      if token.isSign(.pipe) { return false }
      if starts.contains(token.span.start) { return true }
    }
    return true
  }

  /// The `in` of `for x in`.
  private func isLoop(_ tokens: ArraySlice<Token>, _ index: Int) -> Bool {
    tokens[index].isKeyword(.in) && index - 2 >= tokens.startIndex && tokens[index - 2].isKeyword(.for)
  }

  private func type(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    guard let expression = expression(before, tokens) else { return nil }
    var checker = checker
    return checker.check(expression).type
  }

  /// The same of a value that stands over a row.
  func type(_ before: String, _ tokens: ArraySlice<Token>, in row: Type) -> Type? {
    guard let expression = expression(before, tokens) else { return nil }
    var checker = checker
    return checker.inRow(row) { $0.check(expression) }.type
  }

  private func expression(_ before: String, _ tokens: ArraySlice<Token>) -> Expression? {
    guard let first = tokens.first, let last = tokens.last else { return nil }
    let text = String(decoding: Array(before.utf8)[first.span.start..<last.span.end], as: UTF8.self)
    let block = Parser.parse(SourceFile(name: "", text: text)).program
    guard case .expression(let expression)? = block.statements.last?.kind else { return nil }
    return expression
  }

  /// What the pipeline gives up to its last `|`.
  private func pipelineType(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    let statement = statement(tokens)
    guard let pipe = lastPipe(statement) else { return nil }
    return type(before, statement[statement.startIndex..<pipe])
  }

  func lastPipe(_ tokens: ArraySlice<Token>) -> Int? {
    var depth = 0
    for index in tokens.indices.reversed() {
      let token = tokens[index]
      if token.isSign(.closeBrace) || token.isSign(.closeParenthesis) || token.isSign(.closeBracket) { depth += 1 }
      if token.isSign(.openBrace) || token.isSign(.openParenthesis) || token.isSign(.openBracket) { depth -= 1 }
      if depth == 0, token.isSign(.pipe) { return index }
    }
    return nil
  }

  /// The type of the current row: an element of the list that the stage, the predicate or the `each` works on.
  func rowType(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    var rest = tokens
    while !rest.isEmpty {
      let part = statement(rest)
      if let pipe = lastPipe(part) { return type(before, part[part.startIndex..<pipe])?.element }
      // Not in a stage here: perhaps in a predicate, whose receiver stands before the bracket.
      guard let open = openBracket(rest) else { return nil }
      rest = rest[rest.startIndex..<open]
      if let list = receiver(before, rest) { return list.element }
    }
    return nil
  }

  /// The type of `x` in `x.method` at the end of the tokens.
  func receiver(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    guard tokens.count >= 3, tokens[tokens.endIndex - 1].word != nil, tokens[tokens.endIndex - 2].isSign(.dot) else { return nil }
    return valueType(before, tokens[tokens.startIndex..<(tokens.endIndex - 1)])
  }

  /// The type of what stands directly before the dot at the end.
  private func valueType(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    let end = tokens.endIndex - 1
    var index = end
    var depth = 0
    while index > tokens.startIndex {
      let token = tokens[index - 1]
      if token.isSign(.closeParenthesis) || token.isSign(.closeBracket) { depth += 1 }
      if token.isSign(.openParenthesis) || token.isSign(.openBracket) {
        if depth == 0 { break }
        depth -= 1
      }
      index -= 1
      if depth == 0, token.spaceBefore { break }
    }
    let part = tokens[index..<end]
    // `.name.` begins at the current row.
    if part.first?.isSign(.dot) == true {
      guard let name = part.dropFirst().first?.fieldName, case .record(let row)? = rowType(before, tokens[tokens.startIndex..<index]) else { return nil }
      // A column stands before the relation of its name.
      if let index = row.index(of: name) { return row.fields[index].isHidden ? nil : row.fields[index].type }
      guard let relation = row.resource.flatMap({ schema.resource(named: $0) })?.relations.first(where: { $0.name == name }) else { return nil }
      return schema.resource(named: relation.target).map { relation.type($0) }
    }
    return type(before, part)
  }

  /// The type of the field before a comparison.
  private func operand(_ before: String, _ tokens: ArraySlice<Token>) -> Type? {
    guard let (row, name) = comparedField(before, tokens) else { return nil }
    return row.index(of: name).map { row.fields[$0].type }
  }

  /// The field before a comparison, and the row that has it.
  func comparedField(_ before: String, _ tokens: ArraySlice<Token>) -> (row: RecordType, name: String)? {
    let rest = tokens.dropLast()
    guard let name = rest.last?.fieldName else { return nil }
    guard rest.dropLast().last?.isSign(.dot) == true else {
      // A bare name is read as the field of the row.
      guard case .name? = rest.last?.kind, checker.variable(name) == nil, schema.resource(listed: name) == nil,
        case .record(let row)? = rowType(before, rest.dropLast())?.required, row.index(of: name) != nil
      else { return nil }
      return (row, name)
    }
    let dot = rest.index(rest.endIndex, offsetBy: -2)
    let isOfRow = rest[dot].spaceBefore || isOpening(rest[rest.startIndex..<dot].last)
    let base = isOfRow ? rowType(before, rest[rest.startIndex..<dot]) : valueType(before, rest[rest.startIndex...dot])
    guard case .record(let row)? = base?.required else { return nil }
    return (row, name)
  }
}
