/// What may still be written of the call at the end of a text, from its signature: the grey hint of the prompt.
extension Completer {
  public func signatureHint(_ text: String) -> String? {
    guard let end = text.utf8.last, end == UInt8(ascii: " ") || end == UInt8(ascii: "(") else { return nil }
    let parsed = Parser.parse(SourceFile(name: "", text: text), marking: true)
    let tokens = parsed.tokens.dropLast()
    guard let last = tokens.last, !parsed.diagnostics.contains(where: { $0.code == .openText }) else { return nil }
    if end == UInt8(ascii: "(") { return function(tokens) }
    if case .name(let name) = last.kind, tokens.dropLast().last?.isSign(.pipe) == true, let stage = Library.stage(name) {
      return rest(stage.syntax, behind: name)
    }
    var completer = self
    completer.starts = parsed.marks.statements
    if let verbs = completer.openVerb(tokens) { return verb(verbs, tokens) }
    if case .name(let name) = last.kind, let resource = schema.resource(listed: name), !resource.filters.isEmpty { return rest(resource.signature, behind: name) }
    if parsed.marks.statements.contains(last.span.start), let name = last.word, let statement = Library.statement(name) { return rest(statement.syntax, behind: name) }
    return nil
  }

  private func rest(_ syntax: String, behind name: String) -> String? {
    guard syntax.hasPrefix(name + " ") else { return nil }
    return String(syntax.dropFirst(name.count + 1))
  }

  /// `range(` goes on with its parameters.
  private func function(_ tokens: ArraySlice<Token>) -> String? {
    guard case .name(let name)? = tokens.dropLast().last?.kind else { return nil }
    let before = tokens.dropLast(2).last
    if before?.isSign(.dot) == true || before?.isSign(.questionDot) == true {
      return Library.methods.first { $0.name == name }.map { String($0.form.dropFirst(name.count + 1)) }
    }
    if let index = checker.files[0].definitions[name] {
      let signature = checker.definitions[index].signature
      return signature.hasPrefix(name + "(") ? String(signature.dropFirst(name.count + 1)) : nil
    }
    return Library.function(name).map { String($0.form.dropFirst(name.count + 1)) }
  }

  /// The subject if there is none yet, and the arguments that are not named yet.
  private func verb(_ verbs: [Verb], _ tokens: ArraySlice<Token>) -> String? {
    guard let last = tokens.last, !last.isSign(.colon), let place = tokens.lastIndex(where: { $0.word == verbs[0].name }) else { return nil }
    let behind = tokens[(place + 1)...]
    var parts: [String] = []
    if behind.isEmpty {
      var subjects: [String] = []
      for subject in verbs.compactMap(\.subjectText) where !subjects.contains(subject) { subjects.append(subject) }
      if !subjects.isEmpty { parts.append(subjects.joined(separator: "|")) }
    }
    // A verb of several things is known by its argument's name only where all of them have it.
    let parameters =
      verbs.count == 1 || !behind.isEmpty
      ? verbs.flatMap(\.parameters)
      : verbs[0].parameters.filter { parameter in
        verbs.allSatisfy { $0.parameters.contains { $0.name == parameter.name } }
      }
    parts += labels(parameters, "", behind).map(\.text)
    return parts.isEmpty ? nil : parts.joined(separator: " ")
  }
}
