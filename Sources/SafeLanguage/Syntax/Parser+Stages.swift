extension Parser {
  /// The words that are stages after `|`.
  static let stageNames = Library.stages.filter { !$0.isCall }.map(\.name)

  /// stage = word and what it takes
  mutating func stage() -> Stage {
    let start = current.span.start
    if current.isSign(.dot) {
      unexpected("expected a stage after '|'", hint: "to keep a column, write 'select' before it")
      skipToNextStage()
      return Stage(kind: .missing, span: Span(start, start))
    }
    guard let word = expectWord("a stage after '|'") else {
      skipToNextStage()
      return Stage(kind: .missing, span: Span(start, start))
    }
    let name = own(word)
    let reported = diagnostics.count
    let kind = stageBody(name)
    if diagnostics.count > reported, !current.isEnd { skipToNextStage() }
    return Stage(kind: kind, span: Span(start, max(name.span.end, previousEnd)))
  }

  /// The stage that a word of another language means; told, and read as that.
  private mutating func own(_ word: Word) -> Word {
    // `project-away`: one word there.
    if current.isSign(.minus), !current.spaceBefore, !following.spaceBefore, let last = following.word, ForeignWords.stageHints["\(word.text)-\(last)"] != nil {
      let parts = [current.span.start, following.span.start]
      marks?.inWords.formUnion(parts)
      advance()
      return Word(text: "\(word.text)-\(last)", span: word.span.joined(advance().span))
    }
    guard let name = ForeignWords.stages[word.text], !current.isSign(.openParenthesis) else { return word }
    if current.isKeyword(.by) {
      reportFixed(.unknownStage, "there is no stage '\(word.text) by'", word.span.joined(advance().span), write: name)
    } else {
      reportFixed(.unknownStage, "there is no stage '\(word.text)'", word.span, write: name)
    }
    return Word(text: name, span: word.span)
  }

  /// What stands behind the word of a stage; of any other word the arguments of a call.
  private mutating func stageBody(_ name: Word) -> StageKind {
    switch name.text {
    case "where": return .filter(expression())
    case "select": return .select(columns())
    case "extend": return .extend(columns())
    case "sort":
      if current.isKeyword(.by) { reportFixed(.unexpected, "'sort' takes its keys directly", name.span.joined(advance().span), write: "sort") }
      return .sort(sortKeys())
    case "take": return .take(operand(postfix(), of: "the number"))
    case "skip": return .skip(operand(postfix(), of: "the number"))
    case "distinct": return .distinct(distinctKeys())
    case "summarize":
      let columns = current.isKeyword(.by) ? [] : columns()
      return .summarize(columns, by: accept(.by) ? self.columns() : [])
    case "expand": return .expand(column())
    case "join": return join()
    case "each": return each()
    default:
      if current.isSign(.openParenthesis), !current.spaceBefore {
        report(.unexpected, "a stage takes its arguments without parentheses", current.span, hint: "write '\(name.text)' and a space")
      }
      let arguments = commandArguments()
      let rest = current.span
      guard skipToNextStage() else { return .call(name, arguments, rest: nil) }
      if marks?.rest == nil { marks?.rest = rest }
      return .call(name, arguments, rest: rest)
    }
  }

  /// After a broken stage the next `|` or line is tried.
  @discardableResult
  private mutating func skipToNextStage() -> Bool {
    var depth = 0
    let start = at
    while !current.isEnd {
      if depth == 0, current.isSign(.pipe) || lineEnds || inHead && current.isSign(.openBrace) || current.isSign(.semicolon) || current.isSign(.comma) { break }
      if [.openBrace, .openBracket, .openParenthesis].contains(where: { current.isSign($0) }) { depth += 1 }
      if [.closeBrace, .closeBracket, .closeParenthesis].contains(where: { current.isSign($0) }) {
        if depth == 0 { break }
        depth -= 1
      }
      advance()
    }
    return at > start
  }

  /// columns = column { "," column }
  private mutating func columns() -> [Column] {
    var columns: [Column] = []
    let told = diagnostics.count
    repeat { columns.append(column()) } while accept(.comma) || refuseMissingComma(told)
    return columns
  }

  /// `email name`: a column or key without a `,` before it is told, and read, unless something is wrong with the stage already.
  private mutating func refuseMissingComma(_ told: Int) -> Bool {
    guard !lineEnds, current.spaceBefore, diagnostics.count == told else { return false }
    switch current.kind {
    case .name(let name): if operatorHint(name) != nil || name == "do" { return false }
    case .sign(.dot): if following.word == nil || following.spaceBefore { return false }
    default: return false
    }
    var diagnostic = Diagnostic(.unexpected, "expected ',' before '\(source.text(current.span))'", current.span, hint: Self.commaHint)
    diagnostic.fix = Fix(span: Span(previousEnd, previousEnd), text: ",")
    diagnostics.append(diagnostic)
    return true
  }

  /// column = [name "="] expression
  private mutating func column() -> Column {
    let start = current.span.start
    var name: Word?
    name = following.isSign(.assign) ? fieldName("a column") : unquotedName(before: .assign, isTight: true)
    if name != nil { advance() }
    let outer = inColumn
    inColumn = true
    let value = expression()
    inColumn = outer
    return Column(name: acceptAlias(of: value, start) ?? name, value: value)
  }

  /// `.a as b` of other languages: told, and read as `b = .a`.
  private mutating func acceptAlias(of value: Expression, _ start: Int) -> Word? {
    guard current.isKeyword(.as), !lineEnds, following.word != nil, !following.lineBefore else { return nil }
    advance()
    guard let name = expectWord("a name") else { return nil }
    reportFixed(.unexpected, "a column is named before its value", Span(start, name.span.end), write: "\(name.text) = \(source.text(value.span))")
    return name
  }

  /// join = "join" ["left"] [name "="] postfix "on" key { "," key }; key = postfix ["==" postfix]
  private mutating func join() -> StageKind {
    var keepsLeft = false
    if current.word == "left", !following.isKeyword(.on), !following.isSign(.assign) {
      advance()
      keepsLeft = true
    }
    if current.word == "kind", following.isSign(.assign) {
      let start = advance().span.start
      advance()
      keepsLeft = advance().isName { $0.hasPrefix("left") }
      report(.unexpected, "'join' has no 'kind'", Span(start, previousEnd), hint: "write 'join', or 'join left' to keep rows without a match")
    }
    var name: Word?
    if following.isSign(.assign) {
      name = expectName("a name for the right row")
      advance()
    }
    let table = postfix()
    guard accept(.on) else {
      unexpected("expected 'on' and the keys of 'join'", hint: "as in: join leavers on .email")
      return .missing
    }
    var keys: [(left: Expression, right: Expression?)] = []
    repeat {
      let left = postfix()
      keys.append((left, accept(.equal) ? postfix() : nil))
    } while accept(.comma)
    return .join(JoinSyntax(keepsLeft: keepsLeft, name: name, table: table, keys: keys))
  }

  /// sort = key { "," key }; key = ["-"] postfix
  private mutating func sortKeys() -> [SortKey] {
    var keys: [SortKey] = []
    let told = diagnostics.count
    repeat {
      let start = current.span.start
      let descending = accept(.minus)
      if descending { marks?.signs.insert(start) }
      let key = operand(postfix(), of: "a key")
      keys.append(SortKey(descending: descending || acceptDirection(start), value: key))
    } while accept(.comma) || refuseMissingComma(told)
    return keys
  }

  /// What other languages write behind a key; true where it means the descending order.
  private mutating func acceptDirection(_ start: Int) -> Bool {
    guard !lineEnds, case .name(let word) = current.kind, let sign = ["desc": "-", "descending": "-", "asc": "", "ascending": ""][word.lowercased()] else { return false }
    let key = source.text(start, previousEnd)
    let span = Span(start, advance().span.end)
    reportFixed(.unexpected, "'\(word)' is no word here", span, write: key.hasPrefix("-") ? key : sign + key)
    return sign == "-"
  }

  /// distinct = [postfix { "," postfix }]
  private mutating func distinctKeys() -> [Expression] {
    guard !lineEnds, startsArgument(current, after: at) else { return [] }
    var keys: [Expression] = []
    let told = diagnostics.count
    repeat { keys.append(operand(postfix(), of: "a key")) } while accept(.comma) || refuseMissingComma(told)
    return keys
  }

  /// `each revoke`, `each invite .email`: a call without the block around it. At a prompt Enter does not wait for the block either.
  private mutating func refuseEachWithoutBlock(_ name: Word) -> StageKind? {
    let isAlone = current.isEnd || lineEnds && !current.isSign(.openBrace) || current.isSign(.pipe) || current.isSign(.semicolon)
    guard isAlone || !lineEnds && current.word != "par" && current.word != "key" && startsArgument(current, after: at) else { return nil }
    let (start, call) = (name.span.start, current.span.start)
    let isNamed = current.isName { _ in true } && startsArgument(following, after: at + 1) && !tokens[min(at + 2, tokens.count - 1)].isSign(.colon)
    if isAlone {
      report(.unexpected, "'each' does a block for each row", name.span, hint: "write: each { \(name.text) it }, or each \(name.text) { … }")
    } else {
      _ = commandArguments()
      let span = Span(start, previousEnd)
      // `each p greet p` names the row, `each greet it` does not.
      let text = isNamed ? "\(name.text) { \(source.text(call, previousEnd)) }" : "{ \(source.text(span)) }"
      var diagnostic = Diagnostic(.unexpected, "'each' does a block for each row", span, hint: "write: each \(text)")
      diagnostic.fix = Fix(span: span, text: text)
      diagnostics.append(diagnostic)
    }
    return .missing
  }

  /// each = "each" [name] ["par" postfix] ["key" postfix] block ["on" "error" name]
  private mutating func each() -> StageKind {
    var rowName: Word?
    if case .name(let name) = current.kind, name != "par" && name != "key" || following.isSign(.openBrace) || following.word == "par" {
      rowName = expectName("a name")
    }
    if let rowName, let told = refuseEachWithoutBlock(rowName) { return told }
    var par: Expression?
    var key: Expression?
    while let word = current.word, word == "par" || word == "key" {
      advance()
      let value = inHead { $0.postfix() }
      if word == "par" { par = value } else { key = value }
    }
    let block = self.block()
    var onError: Word?
    if accept(.on) {
      guard let error = expectWord("'error' after 'on'"), error.text == "error" else {
        return .each(EachSyntax(rowName: rowName, par: par, key: key, block: block, onError: nil))
      }
      onError = expectWord("'stop', 'skip' or 'collect'")
    }
    return .each(EachSyntax(rowName: rowName, par: par, key: key, block: block, onError: onError))
  }
}
