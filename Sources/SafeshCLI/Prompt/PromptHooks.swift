internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// What the editor asks after each key. All of it is worked out once for a text.
final class PromptHooks {
  private unowned let prompt: PromptLoop
  private var known: (text: String, analysis: LineAnalysis)?
  private let counts = RowCounts()

  init(_ prompt: PromptLoop) { self.prompt = prompt }

  var hooks: EditorHooks {
    EditorHooks(
      prompt: { [self] in prompt.promptText },
      isComplete: { PromptCommand.line(in: $0).map { !SourceFile(name: "prompt", text: $0.line).isIncomplete } ?? true },
      highlight: { [self] in highlight($0) }, complete: { [self] in complete($0, $1) }, hint: { [self] in hint($0) },
      rightPrompt: { [self] in rightPrompt($0) }, historyText: { [self] in historyText($0) })
  }

  private func analysis(of line: String) -> LineAnalysis {
    if let known, known.text == line { return known.analysis }
    let analysis = LineAnalysis(line, in: prompt.session, schema: prompt.schema)
    known = (line, analysis)
    return analysis
  }

  // MARK: colours

  private func highlight(_ text: String) -> [HighlightSpan] {
    guard let (before, line) = PromptCommand.line(in: text) else {
      let name = text.prefix { $0 != " " }
      let isKnown = PromptCommand.named(String(name.dropFirst())) != nil || name.count == text.count && PromptCommand.all.contains { $0.name.hasPrefix(name.dropFirst()) }
      return [HighlightSpan(0..<name.utf8.count, isKnown ? .keyword : .unknown)]
    }
    let shift = before.utf8.count
    let found = analysis(of: line)
    var spans = found.roles.map { HighlightSpan($0.span.start + shift..<$0.span.end + shift, Style($0.role)) }
    if shift > 0 { spans.insert(HighlightSpan(0..<shift, .keyword), at: 0) }
    return spans + found.unknown.map { HighlightSpan($0.start + shift..<$0.end + shift, .unknown) }
  }

  // MARK: what may come

  private func hint(_ text: String) -> String? {
    if let line = prompt.tour?.line, text.count < line.count, line.hasPrefix(text) { return String(line.dropFirst(text.count)) }
    guard let (_, line) = PromptCommand.line(in: text), !line.isEmpty else { return nil }
    return prompt.session.completer.signatureHint(line)
  }

  private func complete(_ text: String, _ offset: Int) -> CompletionList {
    // `help` is a command without its colon, too.
    if text.hasPrefix("help "), offset > 4, PromptCommand.parse(text, variables: prompt.session.variables.keys)?.command?.takes == .topic {
      let found = CommandCompletion(prompt).candidates(":" + text, at: offset + 1)
      return CompletionList(range: found.range.lowerBound - 1..<found.range.upperBound - 1, candidates: found.candidates)
    }
    if let (before, line) = PromptCommand.line(in: text) {
      let shift = before.utf8.count
      guard offset >= shift else { return CompletionList(range: offset..<offset, candidates: []) }
      var completer = prompt.session.completer
      completer.live = prompt.liveNames
      let found = completer.candidates(line, at: offset - shift)
      let list = Self.list(
        found.range.lowerBound + shift..<found.range.upperBound + shift, found.candidates, isBeforeBlank: text.utf8.dropFirst(offset).first == UInt8(ascii: " "))
      guard let scripts = CommandCompletion(prompt).scripts(text, at: offset) else { return list }
      // A path is longer than a word, and then no word can stand there.
      return scripts.range == list.range ? CompletionList(range: list.range, candidates: list.candidates + scripts.candidates) : scripts
    }
    return CommandCompletion(prompt).candidates(text, at: offset)
  }

  /// - Parameter isBeforeBlank: then none is put in where something follows.
  static func list(_ range: Range<Int>, _ candidates: [Completer.Candidate], isBeforeBlank: Bool = false) -> CompletionList {
    CompletionList(range: range, candidates: candidates.map { .init($0.text + ($0.isFollowed && !isBeforeBlank ? " " : ""), help: $0.help) })
  }

  // MARK: what the line will do

  private func rightPrompt(_ text: String) -> StyledText? {
    guard let (_, line) = PromptCommand.line(in: text), !line.allSatisfy(\.isWhitespace), let entry = analysis(of: line).entry, entry.effect > .pure else { return nil }
    let lists = prompt.place.lists
    var forecast = entry.forecast { lists.table($0) }
    var count: Int?
    if let rows = forecast.rows {
      let waker = prompt.editor?.waker
      count = counts.count(of: rows) { waker?.wake() }
    }
    if entry.effect > .read { forecast.count(count, of: entry.script) { lists.table($0)?.count } }
    return ForecastText(forecast, count: count).text
  }

  // MARK: history

  private func historyText(_ text: String) -> String? {
    if text.hasPrefix(" ") || !prompt.secrets.keeps(text) { return nil }
    guard !text.hasPrefix(":"), case .success(let entry) = prompt.session.check(SourceFile(name: "prompt", text: text), isTyped: true) else { return text }
    return entry.canonicalText
  }
}

extension Style {
  init(_ role: Highlighter.Role) {
    switch role {
    case .keyword, .stage: self = .keyword
    case .number: self = .number
    case .text: self = .text
    case .field: self = .field
    case .resource, .function: self = .name
    case .comment: self = .comment
    }
  }
}
