/// What may stand in a stage or a predicate: fields where a value begins, aggregates in `summarize`, operators behind a value.
extension Completer {
  /// Where in a stage or predicate a place is.
  private struct RowPlace {
    /// Nil in a predicate.
    var stage: String?
    /// What stands in it before the place.
    var body: ArraySlice<Token>
  }

  /// Candidates inside of a stage or predicate; nil where the place is in none, or nothing of the row fits.
  func rowCandidates(_ before: String, _ tokens: ArraySlice<Token>) -> [Candidate]? {
    guard let place = rowPlace(before, tokens), let row = rowType(before, tokens) else { return nil }
    let last = place.body.last
    if last.map(beginsValue) ?? true {
      let fields = dotted(row)
      switch place.stage {
      case "sort", "distinct", "expand", "join": return fields
      case "summarize": return isBehindBy(place.body) ? fields : aggregates + (place.body.isEmpty ? [Candidate(text: "by", help: "groups")] : [])
      default: return fields + names
      }
    }
    guard let last, before.utf8.count > last.span.end else { return nil }
    switch place.stage {
    case nil, "where": return operators(behind: place.body, before, row)
    case "summarize" where !isBehindBy(place.body): return [Candidate(text: "by", help: "groups")]
    default: return nil
    }
  }

  /// The fields of a row with their dots.
  func dotted(_ row: Type) -> [Candidate] {
    guard case .record(let record) = row.required else { return [Candidate(text: "it", help: "\(row)")] }
    return rowFields(record).map { Candidate(text: "." + $0.text, help: $0.help) }
  }

  /// The fields and relations of a row, each once.
  func rowFields(_ row: RecordType) -> [Candidate] {
    let relations = row.resource.flatMap { schema.resource(named: $0) }?.relations.filter { row.index(of: $0.name) == nil } ?? []
    return row.visible.map { Candidate(text: $0.written, help: "\($0.type)") }
      + relations.map { Candidate(text: $0.name, help: $0.isOne ? "\($0.target)?" : "\($0.target)s") }
  }

  private var aggregates: [Candidate] { Library.aggregates.map { Candidate(text: $0.name + "(", help: $0.summary) } }

  // MARK: places

  private func rowPlace(_ before: String, _ tokens: ArraySlice<Token>) -> RowPlace? {
    let part = statement(tokens)
    if let pipe = lastPipe(part) {
      guard pipe + 1 < part.endIndex, let stage = part[pipe + 1].word else { return nil }
      var body = part[(pipe + 2)...]
      if stage == "join" {
        guard let on = body.lastIndex(where: { $0.isKeyword(.on) }) else { return nil }
        body = body[(on + 1)...]
      }
      return ["where", "select", "extend", "sort", "distinct", "summarize", "expand", "join"].contains(stage) ? RowPlace(stage: stage, body: body) : nil
    }
    // A predicate stands in the brackets of a method, a value of the row in those of an aggregate.
    guard let open = openBracket(tokens), tokens[open].isSign(.openParenthesis), !tokens[open].spaceBefore, open > tokens.startIndex else { return nil }
    let isMethod = receiver(before, tokens[tokens.startIndex..<open])?.element != nil
    guard isMethod || tokens[open - 1].isName({ Library.aggregate($0) != nil }) else { return nil }
    return RowPlace(stage: nil, body: tokens[(open + 1)...])
  }

  private func isBehindBy(_ body: ArraySlice<Token>) -> Bool { body.contains { $0.isKeyword(.by) } }

  private func beginsValue(_ last: Token) -> Bool {
    switch last.kind {
    case .keyword(let keyword): [.and, .or, .not, .by, .on, .in, .has, .starts, .ends, .matches].contains(keyword)
    case .sign(let sign): ![.closeParenthesis, .closeBracket, .closeBrace, .openBrace, .openBracket, .dot, .questionDot, .colon].contains(sign)
    default: false
    }
  }

  // MARK: operators

  /// What may follow a value in a condition, by its type.
  private func operators(behind body: ArraySlice<Token>, _ before: String, _ row: Type) -> [Candidate] {
    var start = body.startIndex
    var depth = 0
    for index in body.indices.reversed() {
      if body[index].closes { depth += 1 }
      if body[index].opens { depth -= 1 }
      guard depth == 0, [.and, .or, .not].contains(where: { body[index].isKeyword($0) }) || body[index].isSign(.comma) else { continue }
      start = index + 1
      break
    }
    guard let type = type(before, body[start...], in: row) else { return [] }
    var signs: [String]
    switch type.required {
    case .bool: signs = ["and", "or"]
    case .text, .email, .id: signs = ["==", "!=", "has", "starts", "ends", "matches", "in"]
    case .enumeration: signs = ["==", "!=", "in"]
    case .int, .float, .date, .time, .duration: signs = ["==", "!=", "<", "<=", ">", ">="]
    case .list, .table: signs = ["has"]
    default: signs = ["==", "!="]
    }
    if type.isOptional { signs += type.required == .bool ? ["==", "??"] : ["??"] }
    return signs.map { sign in
      let entry = Library.operators.first { $0.signs.replacing(",", with: "").split(separator: " ").contains(Substring(sign)) }
      return Candidate(text: sign, help: entry?.summary ?? "")
    }
  }
}
