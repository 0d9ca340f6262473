/// Tokens to statements, by recursive descent with two tokens of look-ahead. Each method has its grammar rule above it.
///
/// A newline is no token: `lineBefore` of the next token tells of it, and inside `( [` and the braces of a record it does not count.
struct Parser {
  /// Deeper nesting is refused: each level takes stack in the parser.
  static let maximumDepth = 200
  /// A higher tree is refused, whatever it is made of: brackets, blocks, operators, fields and calls in a row. Each level takes stack in the
  /// checker, the compiler and what it makes: all fits 1 MiB in a release build, and 8 MiB, which threads have on Linux, in a debug build.
  static let maximumHeight = 250

  let source: SourceFile
  var tokens: [Token]
  var at = 0
  var diagnostics: [Diagnostic] = []
  var documentation: Documentation
  /// Newlines do not end anything while this is above zero.
  var bracketDepth = 0
  /// In the head of `for`, `if` and `each` an opening brace begins the block.
  var inHead = false
  /// In a column of a stage an `as` of other languages gives a name.
  var inColumn = false
  var depth = 0
  /// Where the lexer found something wrong, which is not told twice.
  private var lexicalErrors: Set<Int> = []
  /// Names that the script has for something of its own.
  let declared: Set<String>
  /// What the layout of a source hangs on; kept where somebody lays it out anew.
  var marks: TokenMarks?

  /// The statements of a source and everything wrong with their form.
  static func parse(_ source: SourceFile) -> (program: Block, documentation: String, diagnostics: [Diagnostic]) {
    let parsed = parse(source, marking: false)
    return (parsed.program, parsed.documentation, parsed.diagnostics)
  }

  /// The same with what the tokens turned out to be.
  static func parse(_ source: SourceFile, marking: Bool) -> Parsed {
    guard source.bytes.count <= SourceFile.maximumBytes else {
      let message = "a script has at most \(SourceFile.maximumBytes >> 20) MiB"
      return Parsed(diagnostics: [Diagnostic(.tooDeep, message, Span(0, 0))])
    }
    if let bad = source.firstInvalidByte {
      let diagnostic = Diagnostic(.badCharacter, "this is not UTF-8", Span(bad, bad + 1), hint: "save the file as UTF-8")
      return Parsed(diagnostics: [diagnostic])
    }
    var lexer = Lexer(source)
    let (tokens, foreign) = withoutForeignComments(lexer.tokens(), source)
    let lexical = lexer.diagnostics.filter { found in
      !foreign.contains { $0.span.start <= found.span.start && found.span.start < source.lineRange(source.line(at: $0.span.start)).end }
    }
    var parser = Parser(source: source, tokens: tokens, documentation: Documentation(lexer.documentation, source, tokens))
    parser.diagnostics = lexical + foreign
    parser.lexicalErrors = Set(lexical.map(\.span.start))
    parser.marks = marking ? TokenMarks() : nil
    let statements = parser.statements(until: { $0.isEnd })
    let program = Block(statements: statements, span: Span(0, source.bytes.count))
    return Parsed(
      program: program, documentation: parser.documentation.ofScript, diagnostics: parser.diagnostics.sorted { $0.span.start < $1.span.start },
      tokens: tokens, comments: lexer.comments, marks: parser.marks ?? TokenMarks())
  }

  struct Parsed {
    var program = Block(statements: [], span: Span(0, 0))
    var documentation = ""
    var diagnostics: [Diagnostic] = []
    var tokens: [Token] = []
    var comments: [Span] = []
    var marks = TokenMarks()
  }

  private init(source: SourceFile, tokens: [Token], documentation: Documentation) {
    self.source = source
    self.tokens = tokens
    self.documentation = documentation
    declared = Self.declaredNames(tokens)
  }

  // MARK: tokens

  var current: Token { tokens[at] }
  var following: Token { tokens[min(at + 1, tokens.count - 1)] }
  var previousEnd: Int { at > 0 ? tokens[at - 1].span.end : 0 }

  /// Whether the next token stands on a line of its own that ends what came before.
  var lineEnds: Bool { current.lineBefore && bracketDepth == 0 }

  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if at + 1 < tokens.count { at += 1 }
    return token
  }

  mutating func accept(_ sign: Sign) -> Bool {
    guard current.isSign(sign) else { return false }
    advance()
    return true
  }

  mutating func accept(_ keyword: Keyword) -> Bool {
    guard current.isKeyword(keyword) else { return false }
    advance()
    return true
  }

  /// Reports unless the sign is there; then goes on as if it were.
  @discardableResult
  mutating func expect(_ sign: Sign, _ where: String, hint: String? = nil) -> Bool {
    if accept(sign) { return true }
    unexpected("expected '\(sign.rawValue)' \(`where`)", hint: hint)
    return false
  }

  mutating func expectWord(_ what: String) -> Word? {
    if let word = current.word, !current.isEnd {
      return Word(text: word, span: advance().span)
    }
    unexpected("expected \(what)")
    return nil
  }

  /// A new name: no reserved word.
  mutating func expectName(_ what: String) -> Word? {
    if case .name(let name) = current.kind { return Word(text: name, span: advance().span) }
    if case .keyword(let keyword) = current.kind {
      report(.unexpected, "'\(keyword.rawValue)' is a reserved word", current.span, hint: "choose another name")
      return Word(text: keyword.rawValue, span: advance().span)
    }
    unexpected("expected \(what)")
    return nil
  }

  mutating func report(_ code: Diagnostic.Code, _ message: String, _ span: Span, hint: String? = nil) {
    diagnostics.append(Diagnostic(code, message, span, hint: hint))
  }

  /// Reports a word that another takes the place of.
  mutating func reportFixed(_ code: Diagnostic.Code, _ message: String, _ span: Span, write word: String) {
    var diagnostic = Diagnostic(code, message, span, hint: "write '\(word)'")
    diagnostic.fix = Fix(span: span, text: word)
    diagnostics.append(diagnostic)
  }

  /// Reports the current token once; at the end of the source the diagnostic says that more text may help.
  mutating func unexpected(_ message: String, hint: String? = nil) {
    let token = current
    // The end is told of where the text ends, not behind the empty lines after it.
    let span = token.isEnd ? Span(previousEnd, previousEnd) : token.span
    if !token.isEnd, lexicalErrors.contains(span.start) { return }
    // The parsing ended there.
    if diagnostics.last?.code == .tooDeep { return }
    if let last = diagnostics.last, last.span.end >= span.start, last.span.start <= span.start || token.isEnd { return }
    let found = token.isEnd ? "the end" : "'\(source.text(span))'"
    var diagnostic = Diagnostic(.unexpected, "\(message), found \(found)", span, hint: hint)
    diagnostic.isIncomplete = token.isEnd
    diagnostics.append(diagnostic)
  }

  /// Whether one more can be put upon a tree; false after an error that ends the parsing.
  mutating func isLow(_ expression: Expression) -> Bool {
    if expression.height < Self.maximumHeight { return true }
    // The parsing ended there: what is around it is told of no more.
    if diagnostics.last?.code == .tooDeep { return false }
    report(
      .tooDeep, "more than \(Self.maximumHeight) operators, calls, brackets and blocks around one another", current.span,
      hint: "work out parts of it before, with 'let'")
    at = tokens.count - 1
    return false
  }

  /// An expression inside of others.
  mutating func nested(_ rule: (inout Parser) -> Expression) -> Expression {
    let start = current.span
    var expression = nested(Expression(kind: .missing, span: start), rule)
    guard isLow(expression) else { return Expression(kind: .missing, span: start) }
    expression.height += 1
    return expression
  }

  /// Runs a nested rule, unless it is nested too deeply.
  mutating func nested<T>(_ fallback: T, _ rule: (inout Parser) -> T) -> T {
    guard depth < Self.maximumDepth else {
      report(.tooDeep, "nested more than \(Self.maximumDepth) deep", current.span)
      at = tokens.count - 1
      return fallback
    }
    depth += 1
    defer { depth -= 1 }
    return rule(&self)
  }

  /// Runs a rule inside brackets, where newlines do not count and braces are records again.
  mutating func inBrackets<T>(_ rule: (inout Parser) -> T) -> T {
    let head = inHead
    inHead = false
    bracketDepth += 1
    defer {
      bracketDepth -= 1
      inHead = head
    }
    return rule(&self)
  }

  /// Runs the rule of a block, where lines count again.
  mutating func inLines<T>(_ rule: (inout Parser) -> T) -> T {
    let (brackets, head) = (bracketDepth, inHead)
    (bracketDepth, inHead) = (0, false)
    defer { (bracketDepth, inHead) = (brackets, head) }
    return rule(&self)
  }

  mutating func inHead<T>(_ rule: (inout Parser) -> T) -> T {
    let head = inHead
    inHead = true
    defer { inHead = head }
    return rule(&self)
  }
}

extension Token {
  var isEnd: Bool {
    if case .end = kind { return true }
    return false
  }
}
