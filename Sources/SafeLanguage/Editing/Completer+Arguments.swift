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
    guard case .value(let type)? = parameters.first(where: { $0.name == label })?.type else { return names }
    return values(of: type)
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
