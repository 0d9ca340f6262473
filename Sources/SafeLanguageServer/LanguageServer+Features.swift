internal import SafeLanguage

/// What an editor can ask about a document.
extension LanguageServer {
  var capabilities: JSON {
    [
      "serverInfo": ["name": "safesh", "version": .string(version)],
      "capabilities": [
        "positionEncoding": "utf-16", "textDocumentSync": ["openClose": true, "change": 2, "save": ["includeText": false]],
        "completionProvider": ["triggerCharacters": [".", "|", ":", "(", " "]], "hoverProvider": true, "definitionProvider": true,
        "documentFormattingProvider": true, "documentSymbolProvider": true,
        "codeActionProvider": ["codeActionKinds": ["quickfix", "source.fixAll"]],
        "semanticTokensProvider": ["legend": ["tokenTypes": .array(SemanticTokens.types.map { .string($0) }), "tokenModifiers": []], "full": true],
      ],
    ]
  }

  /// By method; nil where the parameters do not fit.
  static let features: [String: @Sendable (Document, JSON) -> JSON?] = [
    "textDocument/completion": completion, "textDocument/hover": hover, "textDocument/definition": definition,
    "textDocument/formatting": { document, _ in formatting(document) }, "textDocument/codeAction": actions,
    "textDocument/documentSymbol": { document, _ in symbols(document) },
    "textDocument/semanticTokens/full": { document, _ in document.analysis.map { ["data": .array(SemanticTokens.data($0).map { .int($0) })] } },
  ]

  // MARK: diagnostics

  static func diagnostic(_ diagnostic: Diagnostic, _ document: Document, _ analysis: Analysis) -> JSON {
    var members: [String: JSON] = [
      "severity": diagnostic.severity == .error ? 1 : 2, "code": .string(diagnostic.code.rawValue), "source": "safesh",
      "message": .string(diagnostic.message + (diagnostic.hint.map { "; \($0)" } ?? "")), "range": document.source.range(diagnostic.span),
    ]
    // What is wrong with a used file is shown where it is used.
    if let source = diagnostic.source {
      let (line, column) = source.position(diagnostic.span.start)
      members["range"] = document.source.range(analysis.use(of: source) ?? Span(0, 0))
      members["message"] = .string("\(source.name):\(line):\(column): \(diagnostic.message)" + (diagnostic.hint.map { "; \($0)" } ?? ""))
      let place: JSON = ["uri": .string(Document.uri(source.name)), "range": source.range(diagnostic.span)]
      members["relatedInformation"] = [["location": place, "message": .string(diagnostic.message)]]
    }
    return .object(members)
  }

  // MARK: answers

  @Sendable private static func completion(_ document: Document, _ parameters: JSON) -> JSON? {
    guard let analysis = document.analysis, let offset = document.offset(parameters["position"]) else { return nil }
    let found = analysis.completions(at: offset)
    let range = document.source.range(Span(found.range.lowerBound, found.range.upperBound))
    let items = found.candidates.enumerated().map { place, candidate -> JSON in
      let order = "\(10_000 + place)"
      return [
        "label": .string(candidate.text), "detail": .string(candidate.help), "kind": .int(kind(candidate)), "sortText": .string(order),
        "textEdit": ["range": range, "newText": .string(candidate.text)],
      ]
    }
    return ["isIncomplete": false, "items": .array(items)]
  }

  /// The protocol's number for the kind of a candidate.
  private static func kind(_ candidate: Completer.Candidate) -> Int {
    if candidate.text.hasSuffix("(") { return 2 }
    if candidate.text.hasSuffix(":") { return 10 }
    if candidate.help.hasPrefix(candidate.text + " ") { return 14 }
    return candidate.help.hasPrefix(candidate.text + "(") ? 3 : 6
  }

  @Sendable private static func hover(_ document: Document, _ parameters: JSON) -> JSON? {
    guard let analysis = document.analysis, let offset = document.offset(parameters["position"]) else { return nil }
    guard let hover = analysis.hover(at: offset) else { return .null }
    return ["contents": ["kind": "markdown", "value": .string(hover.text)], "range": document.source.range(hover.span)]
  }

  @Sendable private static func definition(_ document: Document, _ parameters: JSON) -> JSON? {
    guard let analysis = document.analysis, let offset = document.offset(parameters["position"]) else { return nil }
    guard let place = analysis.definition(at: offset) else { return .null }
    let uri = place.source.name == document.source.name ? document.uri : Document.uri(place.source.name)
    return ["uri": .string(uri), "range": place.source.range(place.span)]
  }

  private static func formatting(_ document: Document) -> JSON {
    let source = document.source
    // What cannot be read is told by the diagnostics.
    guard let text = try? ScriptFormatter.format(source), !text.utf8.elementsEqual(source.bytes) else { return [] }
    return [["range": source.range(Span(0, source.bytes.count)), "newText": .string(text)]]
  }

  @Sendable private static func actions(_ document: Document, _ parameters: JSON) -> JSON? {
    guard let analysis = document.analysis, let range = document.span(parameters["range"]) else { return nil }
    let fixable = analysis.diagnostics.filter { $0.source == nil && $0.fix != nil }
    func edit(_ fixes: [Fix]) -> JSON {
      let edits = fixes.map { fix -> JSON in ["range": document.source.range(fix.span), "newText": .string(fix.text)] }
      return ["changes": [document.uri: .array(edits)]]
    }
    var actions: [JSON] = []
    for diagnostic in fixable where diagnostic.span.start <= range.end && range.start <= diagnostic.span.end {
      guard let fix = diagnostic.fix else { continue }
      actions.append([
        "title": .string("write '\(fix.text)'"), "kind": "quickfix", "isPreferred": true, "edit": edit([fix]),
        "diagnostics": [Self.diagnostic(diagnostic, document, analysis)],
      ])
    }
    if !fixable.isEmpty {
      actions.append(["title": "mend what is certain", "kind": "source.fixAll", "edit": edit(Fix.apart(fixable.compactMap(\.fix)))])
    }
    return .array(actions)
  }

  private static func symbols(_ document: Document) -> JSON {
    .array(
      (document.analysis?.items ?? []).map { item in
        let kind =
          switch item.kind {
          case .function: 12
          case .variable: 13
          case .parameter: 14
          case .module: 2
          case .test: 6
          }
        return [
          "name": .string(item.name.isEmpty ? "\"\"" : item.name), "detail": .string(item.detail), "kind": .int(kind),
          "range": document.source.range(item.span), "selectionRange": document.source.range(item.nameSpan),
        ]
      })
  }
}
