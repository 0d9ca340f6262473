extension Parser {
  /// The words that are stages after `|`.
  static let stageNames = ["where", "select", "extend", "sort", "take", "skip", "distinct", "summarize", "each"]
  private static let absentStages = ["expand", "join"]

  /// stage = word and what it takes
  mutating func stage() -> Stage {
    let start = current.span.start
    guard let name = expectWord("a stage after '|'") else {
      skipToNextStage()
      return Stage(kind: .missing, span: Span(start, start))
    }
    let reported = diagnostics.count
    let kind = stageBody(name)
    if diagnostics.count > reported, !current.isEnd { skipToNextStage() }
    return Stage(kind: kind, span: Span(start, max(name.span.end, previousEnd)))
  }

  private mutating func stageBody(_ name: Word) -> StageKind {
    switch name.text {
    case "where": return .filter(expression())
    case "select": return .select(columns())
    case "extend": return .extend(columns())
    case "sort": return .sort(sortKeys())
    case "take": return .take(postfix())
    case "skip": return .skip(postfix())
    case "distinct": return .distinct(distinctKeys())
    case "summarize":
      let columns = current.isKeyword(.by) ? [] : columns()
      return .summarize(columns, by: accept(.by) ? self.columns() : [])
    case "each": return each()
    case let word where Self.absentStages.contains(word):
      report(.notInThisVersion, "the stage '\(word)' is not in this version of safesh", name.span)
      return .missing
    default:
      if current.isSign(.openParenthesis), !current.spaceBefore {
        report(.unexpected, "a stage takes its arguments without parentheses", current.span, hint: "write '\(name.text)' and a space")
      }
      let arguments = commandArguments()
      let rest = current.span
      return .call(name, arguments, rest: skipToNextStage() ? rest : nil)
    }
  }

  /// After a broken stage the next `|` or line is tried.
  @discardableResult
  private mutating func skipToNextStage() -> Bool {
    var depth = 0
    let start = at
    while !current.isEnd {
      if depth == 0, current.isSign(.pipe) || lineEnds || current.isSign(.semicolon) || current.isSign(.comma) { break }
      if [.openBrace, .openBracket, .openParenthesis].contains(where: { current.isSign($0) }) { depth += 1 }
      if [.closeBrace, .closeBracket, .closeParenthesis].contains(where: { current.isSign($0) }) {
        if depth == 0 { break }
        depth -= 1
      }
      advance()
    }
    return at > start
  }

  /// columns = column { "," column }; column = [name "="] expression
  private mutating func columns() -> [Column] {
    var columns: [Column] = []
    repeat {
      var name: Word?
      if following.isSign(.assign) { name = fieldName("a column") }
      if name != nil { advance() }
      columns.append(Column(name: name, value: expression()))
    } while accept(.comma)
    return columns
  }

  /// sort = key { "," key }; key = ["-"] postfix
  private mutating func sortKeys() -> [SortKey] {
    var keys: [SortKey] = []
    repeat {
      let descending = accept(.minus)
      keys.append(SortKey(descending: descending, value: postfix()))
    } while accept(.comma)
    return keys
  }

  private mutating func distinctKeys() -> [Expression] {
    guard !lineEnds, startsArgument(current, after: at) else { return [] }
    var keys: [Expression] = []
    repeat { keys.append(postfix()) } while accept(.comma)
    return keys
  }

  /// each = "each" [name] ["par" postfix] ["key" postfix] block ["on" "error" name]
  private mutating func each() -> StageKind {
    var rowName: Word?
    if case .name(let name) = current.kind, name != "par" && name != "key" || following.isSign(.openBrace) || following.word == "par" {
      rowName = expectName("a name")
    }
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
