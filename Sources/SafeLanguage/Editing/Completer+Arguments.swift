/// Arguments of verbs and lists, and the keys of rows.
extension Completer {
  func labels(_ parameters: [Verb.Parameter], _ signature: String, _ tokens: ArraySlice<Token>) -> [Candidate] {
    var given: Set<String> = []
    for (token, next) in zip(tokens, tokens.dropFirst()) where next.isSign(.colon) { if let word = token.word { given.insert(word) } }
    var labels: [Candidate] = []
    for parameter in parameters where !given.contains(parameter.name) && !labels.contains(where: { $0.text == parameter.name + ":" }) {
      labels.append(Candidate(text: parameter.name + ":", help: signature))
    }
    return labels
  }

  /// Directly behind a verb: the cases that do in place of a row, as `enable requireSso`.
  func subjects(of verbs: [Verb], _ last: Token) -> [Candidate] {
    guard last.word == verbs.first?.name else { return [] }
    return verbs.flatMap { verb in
      if case .row(let name) = verb.subject, let resource = schema.resource(named: name), case .enumeration = resource.keyType { return cases(of: resource.keyType) }
      return []
    }
  }

  /// What may follow `label:`.
  func argument(_ label: String, _ tokens: ArraySlice<Token>) -> [Candidate] {
    let parameters = openVerb(tokens)?.flatMap(\.parameters) ?? openList(tokens)?.filters ?? []
    guard let kind = parameters.first(where: { $0.name == label })?.type else { return names }
    switch kind {
    case .value(let type):
      let past: Set<String> = if case .enumeration(let enumeration) = type.required { enumeration.past } else { [] }
      return values(of: type).filter { !past.contains($0.text) }
    case .rows(let resource):
      let list = schema.resource(named: resource).map { "\($0.plural)[…]" } ?? "…"
      return [Candidate(text: "[", help: "\(kind), as [\(list)]")] + names
    default: return moments(kind) + names
    }
  }

  /// Where a time may stand that is said by how long ago it is.
  private func moments(_ kind: Verb.Parameter.Kind) -> [Candidate] {
    guard case .oneOf(let kinds) = kind, kinds.contains(.value(.time)), kinds.contains(.value(.duration)) else { return [] }
    return [
      Candidate(text: "1h", help: "an hour ago"), Candidate(text: "24h", help: "a day ago"), Candidate(text: "7d", help: "a week ago"),
      Candidate(text: "30d", help: "30 days ago; a date is written as 2026-01-31"), Candidate(text: "today()", help: "since midnight, UTC"),
    ]
  }

  /// The resource of which rows stand in the list at the end: `groups: [`.
  func listedRows(_ tokens: ArraySlice<Token>) -> ResourceType? {
    guard let last = tokens.last, last.isSign(.openBracket) || last.isSign(.comma), let open = openBracket(tokens), tokens[open].isSign(.openBracket),
      open >= tokens.startIndex + 2, tokens[open - 1].isSign(.colon), let label = tokens[open - 2].word
    else { return nil }
    let parameters = openVerb(tokens[..<open])?.flatMap(\.parameters) ?? []
    for parameter in parameters where parameter.name == label {
      if case .rows(let resource) = parameter.type { return schema.resource(named: resource) }
    }
    return nil
  }

  /// The list whose arguments are being written: `events since: 24h `.
  func openList(_ tokens: ArraySlice<Token>) -> ResourceType? {
    var depth = 0
    for token in tokens.reversed() {
      if token.isSign(.closeParenthesis) { depth += 1 }
      if token.isSign(.openParenthesis) { depth -= 1 }
      switch token.kind {
      case .name(let name):
        if let resource = schema.resource(listed: name), !resource.filters.isEmpty { return resource }
      case .sign(.pipe), .sign(.semicolon), .sign(.openBrace), .sign(.closeBrace), .sign(.assign), .sign(.dot): return nil
      default: break
      }
      // Inside the brackets of `events(…)` the name stands before them, elsewhere they belong to something else.
      if depth < -1 { return nil }
    }
    return nil
  }

  /// The type of the key in `policies[`.
  func lookupKey(_ tokens: ArraySlice<Token>) -> Type? {
    guard case .name(let name)? = tokens.dropLast().last?.kind else { return nil }
    return schema.resource(listed: name)?.keyType
  }
}
