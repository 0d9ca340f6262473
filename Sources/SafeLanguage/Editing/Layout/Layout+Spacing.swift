extension Layout {
  /// What stands before a token.
  func separator(_ index: Int) -> Separator {
    let gap = gaps[index]
    let isStatement = beginsStatement(index)
    if !gap.comments.isEmpty { return gap.lines > 1 && isStatement ? .blankLine : .line }
    if index == 0 { return .none }
    if let group = breaks[index], groups[group].isBroken {
      return gap.lines > 1 && isStatement && !opensBlock(index - 1) ? .blankLine : .line
    }
    if isStatement, around[index] == nil, gap.hasLine { return gap.lines > 1 ? .blankLine : .line }
    if gap.hasLine, mayKeepLine(index) { return .line }
    if isStatement { return .space }
    return isSpaced(index) ? .space : .none
  }

  private func opensBlock(_ index: Int) -> Bool { tokens[index].isSign(.openBrace) && marks.braces[tokens[index].span.start] == .block }

  /// Whether a line end that stands here in the source may stay: not before what belongs to the word before.
  private func mayKeepLine(_ index: Int) -> Bool {
    let (previous, token) = (tokens[index - 1], tokens[index])
    if token.isSign(.pipe) || previous.isSign(.pipe) || previous.isSign(.colon) { return false }
    if token.isSign(.openBrace), marks.braces[token.span.start] == .block { return false }
    if previous.isSign(.closeBrace), token.isKeyword(.else) || token.isKeyword(.catch) || token.isKeyword(.on) { return false }
    if isComma(index) || token.isSign(.colon) || token.isSign(.question) { return false }
    if previous.opens || token.closes { return true }
    if let bracket = around[index], brackets[bracket].kind != .block { return isSpaced(index) }
    return previous.awaitsOperand && !marks.signs.contains(previous.span.start) || token.isKeyword(.and) || token.isKeyword(.or) || token.isKeyword(.by)
  }

  /// Whether a space stands before a token that does not begin a line. Before `. [ (` the source's own choice stays where it means something.
  func isSpaced(_ index: Int) -> Bool {
    let (previous, token) = (tokens[index - 1], tokens[index])
    if marks.inWords.contains(token.span.start) { return false }
    switch previous.kind {
    // A name right behind would be more of the address.
    case .sign(.dot) where index > 1 && tokens[index - 2].isEmail && !previous.spaceBefore: return true
    case .sign(.openParenthesis), .sign(.openBracket), .sign(.dot), .sign(.questionDot): return false
    case .sign(.openBrace): return !token.isSign(.closeBrace)
    // Two together are taken for a comment of another language.
    case .sign(.minus) where marks.signs.contains(previous.span.start): return token.isSign(.minus)
    default: break
    }
    switch token.kind {
    case .sign(.closeParenthesis), .sign(.closeBracket), .sign(.comma), .sign(.colon), .sign(.semicolon), .sign(.question), .sign(.questionDot): return false
    case .sign(.dot):
      if places[index].isNeeds, around[index] == nil { return false }
      return isOperand(index - 1) && !isStageName(index - 1) ? token.spaceBefore : true
    case .sign(.openBracket): return isOperand(index - 1) && !isStageName(index - 1) ? token.spaceBefore : true
    case .sign(.openParenthesis):
      if index > 1, tokens[index - 2].isKeyword(.def) { return false }
      guard previous.word != nil, isOperand(index - 1), !isStageName(index - 1) else { return true }
      return token.spaceBefore
    default: return true
    }
  }
}
