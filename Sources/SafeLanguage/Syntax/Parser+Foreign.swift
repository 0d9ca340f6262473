/// Words of other languages where a statement stands (`ForeignWords`): told once, and read as what they mean where that is certain.
extension Parser {
  /// A word that the script does not have for something of its own.
  private func foreign(_ token: Token) -> String? {
    guard case .name(let word) = token.kind, !declared.contains(word) else { return nil }
    return word
  }

  static func declaredNames(_ tokens: [Token]) -> Set<String> {
    var names: Set<String> = []
    for (token, next) in zip(tokens, tokens.dropFirst()) {
      guard case .name(let name) = next.kind, case .keyword(let keyword) = token.kind else { continue }
      if [.def, .let, .var, .param, .for, .as].contains(keyword) { names.insert(name) }
    }
    return names
  }

  /// Comments as other languages begin them are told and left out: `//` or `--` that begins a line, and `//` behind something with words after it.
  static func withoutForeignComments(_ tokens: [Token], _ source: SourceFile) -> (tokens: [Token], diagnostics: [Diagnostic]) {
    var kept: [Token] = []
    var diagnostics: [Diagnostic] = []
    var brackets = 0
    var index = 0
    while index < tokens.count {
      let token = tokens[index]
      if let length = foreignCommentSign(tokens, index, inBrackets: brackets > 0) {
        let span = Span(token.span.start, token.span.start + length)
        var diagnostic = Diagnostic(.unexpected, "'\(source.text(span))' begins no comment", span, hint: "comments begin with '#'")
        diagnostic.fix = Fix(span: span, text: "#")
        diagnostics.append(diagnostic)
        repeat { index += 1 } while index < tokens.count && !tokens[index].lineBefore && !tokens[index].isEnd
        continue
      }
      switch token.kind {
      case .sign(.openParenthesis), .sign(.openBracket): brackets += 1
      case .sign(.closeParenthesis), .sign(.closeBracket): brackets = max(0, brackets - 1)
      default: break
      }
      kept.append(token)
      index += 1
    }
    return (kept, diagnostics)
  }

  /// The length of the sign, if it is one that begins a comment elsewhere.
  private static func foreignCommentSign(_ tokens: [Token], _ index: Int, inBrackets: Bool) -> Int? {
    let (token, isFirst) = (tokens[index], index == 0)
    func isName(_ offset: Int) -> Bool {
      guard index + offset < tokens.count, !tokens[index + offset].lineBefore else { return false }
      return tokens[index + offset].isName { _ in true }
    }
    let beginsLine = isFirst || token.lineBefore && !inBrackets
    if token.isSign(.floorDivide), beginsLine || token.spaceBefore && isName(1) && isName(2) { return 2 }
    if token.isSign(.minus), beginsLine, index + 1 < tokens.count, tokens[index + 1].isSign(.minus), !tokens[index + 1].spaceBefore, isName(2) || isFirst { return 2 }
    return nil
  }

  /// A keyword that is spelled otherwise; the token stays, as if it were the keyword.
  mutating func foreignKeyword() -> Keyword? {
    guard case .name = current.kind, case .name = following.kind, !following.lineBefore, let word = foreign(current),
      case .word(let keyword)? = ForeignWords.statement(word)
    else { return nil }
    reportFixed(.unexpected, "'\(word)' is no word here", current.span, write: keyword.rawValue)
    return keyword
  }

  /// A statement, or a stage without its list, that only other languages have; true if it was told, and is to be passed over.
  mutating func refuseForeignStatement() -> Bool {
    guard case .name = current.kind, !following.isSign(.assign), !following.isSign(.addAssign), !following.isSign(.dot) || following.spaceBefore else { return false }
    let isAlone = following.lineBefore || following.isEnd || following.isSign(.semicolon) || following.isSign(.closeBrace)
    guard let word = foreign(current) else { return false }
    // The verb of this name takes no text.
    if word == "import", case .text = following.kind, !following.lineBefore {
      report(.unknownFunction, "'import' brings in members and groups, no file", current.span, hint: ForeignWords.useHint)
      return true
    }
    switch ForeignWords.statement(word) {
    case .hint(let hint):
      report(.unknownFunction, "there is no '\(word)'", current.span, hint: hint)
      return true
    case .command(let command):
      reportFixed(.unknownFunction, "there is no function or verb '\(word)'", current.span, write: command)
      return true
    case .word: return false
    case nil: break
    }
    guard !isAlone, Self.stageNames.contains(word) || ForeignWords.stages[word] != nil || ForeignWords.stageHints[word] != nil else { return false }
    // `from(x)` and the like are calls; `order by` and `where (…)` are not.
    if following.isSign(.openParenthesis), !following.spaceBefore { return false }
    let stage = ForeignWords.stages[word] ?? word
    let hint = Self.stageNames.contains(stage) ? "begin with the list and '|', as in: list | \(stage) …" : ForeignWords.stageHints[word]
    report(.unexpected, "'\(word)' is a stage, and stands behind a list", current.span, hint: hint)
    return true
  }

  /// `end`, `done` and their like.
  mutating func refuseCloser() -> Bool {
    guard following.lineBefore || following.isEnd || following.isSign(.semicolon), let word = foreign(current), ForeignWords.closers.contains(word) else { return false }
    if diagnostics.isEmpty { report(.unknownName, "there is no '\(word)'", current.span, hint: ForeignWords.closerHint) }
    advance()
    return true
  }

  /// `elif`, read as `else if`; the word itself stays to be passed over, as `if` is.
  mutating func acceptElseIf() -> Bool {
    guard case .name(let word) = current.kind, ["elif", "elseif", "elsif"].contains(word.lowercased()) else { return false }
    reportFixed(.unexpected, "'\(word)' is no word here", current.span, write: "else if")
    return true
  }

  /// `catch`, or what it is called elsewhere.
  mutating func acceptCatch() -> Bool {
    if accept(.catch) { return true }
    guard !lineEnds || current.lineBefore, case .name(let word) = current.kind, ["except", "rescue"].contains(word) else { return false }
    reportFixed(.unexpected, "'\(word)' is no word here", current.span, write: "catch")
    advance()
    return true
  }
}
