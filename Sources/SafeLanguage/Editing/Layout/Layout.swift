/// A source as tokens, the gaps between them, and the groups that are broken over lines together.
struct Layout {
  /// What stands before a token.
  enum Separator { case none, space, line, blankLine }

  /// Tokens that begin lines together: all stages of a pipeline, the statements of a block.
  struct Group {
    enum Kind: Int {
      /// The block of `if`, `for`, `try`, `def`, `test`; those of one `if` are one.
      case block
      /// A pipeline of several stages.
      case pipeline
      /// A block in a stage, as that of `each`.
      case stageBlock
      /// A pipeline of one stage.
      case stage
      /// The elements of a list, record or call.
      case elements
      /// The columns of a stage.
      case columns
    }

    var kind: Kind
    var depth: Int
    var isBroken = false
    /// False where it has line ends already, or where a comment hangs on its line.
    var isBreakable = true
  }

  struct Bracket {
    var open: Int
    var close: Int
    var kind: Kind
    var group: Int?
    var parent: Int?
    var depth: Int

    enum Kind { case block, record, type, call, index, list, parenthesis }
  }

  let source: SourceFile
  let tokens: [Token]
  let gaps: [LayoutGap]
  let marks: TokenMarks
  var groups: [Group] = []
  var brackets: [Bracket] = []
  /// The innermost bracket around each token; a bracket's own tokens are outside of it.
  var around: [Int?] = []
  /// By the place of a closing bracket, that of the opening one.
  var openings: [Int: Int] = [:]
  /// The group that begins a line with the token.
  var breaks: [Int?] = []
  /// Where a token stands in its statement.
  var places: [Place] = []

  struct Place {
    var statement: Int
    /// The statement is a pipeline from its first word on, so its stages stand below that.
    var startsPipeline: Bool
    /// The last `|` before the token in the same bracket.
    var pipe: Int?
    var isNeeds: Bool
  }

  init(_ source: SourceFile, _ parsed: Parser.Parsed) {
    self.source = source
    marks = parsed.marks
    let (tokens, separators) = Self.separated(parsed)
    self.tokens = tokens
    gaps = LayoutGap.all(source, separators, parsed.comments)
    findBrackets()
    findPlaces()
    findGroups()
  }

  /// The tokens that are laid out, and all of them with whether they only separate statements.
  private static func separated(_ parsed: Parser.Parsed) -> ([Token], [(span: Span, isSeparator: Bool)]) {
    var kept: [Token] = []
    var all: [(span: Span, isSeparator: Bool)] = []
    var types: [Bool] = []
    for token in parsed.tokens where !token.isEnd {
      if token.isSign(.openBrace) { types.append(parsed.marks.braces[token.span.start] == .type) }
      if token.isSign(.closeBrace) { _ = types.popLast() }
      // In a type a semicolon separates fields.
      let isSeparator = token.isSign(.semicolon) && types.last != true
      if !isSeparator { kept.append(token) }
      all.append((token.span, isSeparator))
    }
    return (kept, all)
  }

  private mutating func findBrackets() {
    var open: [Int] = []
    around = []
    for (index, token) in tokens.enumerated() {
      if token.closes, let last = open.popLast() {
        brackets[last].close = index
        openings[index] = brackets[last].open
      }
      around.append(open.last)
      if token.opens {
        brackets.append(Bracket(open: index, close: tokens.count, kind: kind(of: index), parent: open.last, depth: open.count))
        open.append(brackets.count - 1)
      }
    }
  }

  private func kind(of index: Int) -> Bracket.Kind {
    let token = tokens[index]
    switch token.kind {
    case .sign(.openParenthesis): return marks.calls.contains(token.span.start) ? .call : .parenthesis
    case .sign(.openBracket): return index > 0 && isOperand(index - 1) && !token.spaceBefore ? .index : .list
    default:
      switch marks.braces[token.span.start] {
      case .block: return .block
      case .type: return .type
      default: return .record
      }
    }
  }

  private mutating func findPlaces() {
    // One for each bracket that is open, and for the file.
    var open = [Place(statement: 0, startsPipeline: true, pipe: nil, isNeeds: false)]
    for (index, token) in tokens.enumerated() {
      if token.closes, open.count > 1 { open.removeLast() }
      if beginsStatement(index) { open[open.count - 1] = place(ofStatement: index) }
      places.append(open[open.count - 1])
      if token.isSign(.pipe) { open[open.count - 1].pipe = index }
      if token.opens { open.append(Place(statement: index, startsPipeline: false, pipe: nil, isNeeds: false)) }
    }
  }

  private func place(ofStatement index: Int) -> Place {
    var startsPipeline = true
    switch tokens[index].kind {
    case .keyword(.let), .keyword(.var), .keyword(.param), .keyword(.return), .keyword(.assert), .keyword(.for), .keyword(.if): startsPipeline = false
    case .name where index + 1 < tokens.count && (tokens[index + 1].isSign(.assign) || tokens[index + 1].isSign(.addAssign)): startsPipeline = false
    default: break
    }
    return Place(statement: index, startsPipeline: startsPipeline, pipe: nil, isNeeds: tokens[index].isKeyword(.needs))
  }

  func beginsStatement(_ index: Int) -> Bool { marks.statements.contains(tokens[index].span.start) }

  /// Whether a value ends with the token.
  func isOperand(_ index: Int) -> Bool {
    let token = tokens[index]
    switch token.kind {
    case .name, .int, .float, .text, .duration, .date, .time, .email, .guid: return true
    case .sign(.closeParenthesis), .sign(.closeBracket), .sign(.closeBrace): return true
    case .keyword(.it), .keyword(.true), .keyword(.false), .keyword(.null): return true
    case .keyword: return index > 0 && (tokens[index - 1].isSign(.dot) || tokens[index - 1].isSign(.questionDot))
    default: return false
    }
  }

  /// Whether the token is the word of a stage that the parser knows.
  func isStageName(_ index: Int) -> Bool {
    guard index > 0, tokens[index - 1].isSign(.pipe), let word = tokens[index].word else { return false }
    return Parser.stageNames.contains(word)
  }
}

extension Token {
  var opens: Bool { isSign(.openBrace) || isSign(.openBracket) || isSign(.openParenthesis) }
  var closes: Bool { isSign(.closeBrace) || isSign(.closeBracket) || isSign(.closeParenthesis) }

  /// A sign or word that a value must follow, so that a line may end after it.
  var awaitsOperand: Bool {
    switch kind {
    case .sign(let sign):
      switch sign {
      case .plus, .minus, .times, .divide, .floorDivide, .remainder, .doubleQuestion, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual,
        .assign, .addAssign, .comma:
        true
      default: false
      }
    case .keyword(let word): [.and, .or, .in, .has, .starts, .ends, .matches].contains(word)
    default: false
    }
  }
}
