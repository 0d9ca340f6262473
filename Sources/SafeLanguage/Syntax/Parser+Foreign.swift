/// Words of other languages where a statement stands (`ForeignWords`): told once, and read as what they mean where that is certain.
extension Parser {
  /// A word that the script does not have for something of its own.
  private func foreign(_ token: Token) -> String? {
    guard case .name(let word) = token.kind else { return nil }
    for (index, token) in tokens.enumerated().dropLast() {
      guard case .name(word) = tokens[index + 1].kind else { continue }
      switch token.kind {
      case .keyword(.def), .keyword(.let), .keyword(.var), .keyword(.param), .keyword(.for), .keyword(.as): return nil
      default: break
      }
    }
    return word
  }

  /// A keyword that is spelled otherwise; the token stays, as if it were the keyword.
  mutating func foreignKeyword() -> Keyword? {
    guard case .name = current.kind, case .name = following.kind, let word = foreign(current), case .word(let keyword)? = ForeignWords.statement(word) else { return nil }
    reportFixed(.unexpected, "'\(word)' is no word here", current.span, write: keyword.rawValue)
    return keyword
  }

  /// A statement, or a stage without its list, that only other languages have; true if it was told, and is to be passed over.
  mutating func refuseForeignStatement() -> Bool {
    guard case .name = current.kind, !following.isSign(.assign), !following.isSign(.addAssign), !following.isSign(.dot) || following.spaceBefore else { return false }
    let isAlone = following.lineBefore || following.isEnd || following.isSign(.semicolon) || following.isSign(.closeBrace)
    guard let word = foreign(current) else { return false }
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
    guard following.lineBefore || following.isEnd, let word = foreign(current), ForeignWords.closers.contains(word) else { return false }
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
