internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// Commands that tell something.
extension PromptCommand {
  static let about: [PromptCommand] = [
    PromptCommand("help", "[TOPIC]", "what there is; a verb, stage, field, error or page in full", takes: .topic) { prompt, topic in prompt.help(topic) },
    PromptCommand("tour", "[next|end]", "ten steps through the sandbox") { prompt, argument in prompt.walk(argument) },
    PromptCommand("more", "", "the rest of what was shown last, in $PAGER or less") { prompt, _ in
      prompt.console.more()
      return .done
    },
    PromptCommand("expand", "[LINE]", "what was shown last, or a line, one record a screen", takes: .line) { prompt, line in await prompt.expand(line) },
    PromptCommand("fields", "LINE", "the fields and relations of what a line gives", takes: .line) { prompt, line in prompt.fields(of: line) },
    PromptCommand("check", "[LINE|FILE]", "what a line would ask for, without asking for it", takes: .lineOrFile) { prompt, line in prompt.check(line) },
    PromptCommand("plan", "[LINE|FILE …]", "what a line or script would change, on a copy of the organization", takes: .lineOrFile) { prompt, line in
      await prompt.plan(line)
    },
    PromptCommand("runs", "[ID]", "the runs of lines and scripts that changed something", takes: .run) { prompt, id in prompt.showRuns(id) },
    PromptCommand("history", "[N|TEXT]", "earlier lines, with time and outcome") { prompt, argument in prompt.showHistory(argument) },
  ]
}

extension PromptLoop {
  func help(_ topic: String) -> ExitStatus {
    let index = HelpIndex(schema)
    let text = HelpText(index, color: console.colorsMessages, columns: Terminal.size(STDERR_FILENO).columns)
    if topic.isEmpty {
      console.page(text) { $0.start }
      return .done
    }
    let name = topic.hasPrefix(":") ? String(topic.dropFirst()) : topic
    if let command = PromptCommand.named(name), topic.hasPrefix(":") || index.topics(named: name).isEmpty {
      console.messageText("\(command.form)\n  \(command.summary)\n")
      return .done
    }
    guard text.page(of: topic) != nil else {
      console.message(text.nothing(about: topic), .error)
      return .usage
    }
    console.page(text) { $0.page(of: topic) ?? "" }
    return .done
  }

  func expand(_ line: String) async -> ExitStatus {
    if !line.isEmpty {
      guard let entry = checked(line) else { return .usage }
      guard entry.effect <= .read else {
        console.message("this line changes something; run it, and ':expand' shows what it gave", .error)
        return .usage
      }
      var world = surroundings
      world.emit = { [console] output in
        if case .value(let value, let type) = output { console.expand(value, type) } else { console.emit(output) }
      }
      let result = await entry.script.run(in: LiveWorld(session: place.session, surroundings: world))
      console.endProgress()
      if let error = result.error { console.error(error, in: entry.script.program.source) }
      session.take(entry, result)
      return ExitStatus(result)
    }
    guard let shown = console.shown else { return nothingYet() }
    console.expand(shown.value, shown.type)
    return .done
  }

  func fields(of line: String) -> ExitStatus {
    guard !line.isEmpty else {
      console.message("':fields' needs a line, as in ':fields members'", .error)
      return .usage
    }
    guard let entry = checked(line) else { return .usage }
    guard let fields = entry.fields else {
      console.message("this gives no rows, so it has no fields", .error)
      return .usage
    }
    let type = RecordType([Field("field", .text), Field("type", .text), Field("about", .text)])
    var builder = TableBuilder(type)
    for field in fields { builder.add([.text(field.name), .text(field.type), .text(field.about)]) }
    console.show(.table(builder.table()), .table(type))
    return .done
  }

  /// A line that would run, or nil after what is wrong was told.
  func checked(_ line: String) -> PromptSession.Entry? {
    let source = SourceFile(name: "prompt", text: line)
    switch session.check(source, in: world) {
    case .success(let entry): return entry
    case .failure(let errors):
      tell(errors.diagnostics, in: source)
      return nil
    }
  }

  func check(_ text: String) -> ExitStatus {
    if let words = scriptWords(text) { return ScriptCheck(options: options, givesEstimates: false, speaker: "error").check([words[0]]) }
    guard let line = text.isEmpty ? lastLine : text else { return nothingYet() }
    guard let entry = checked(line) else { return .usage }
    if entry.canonicalText != line { console.message("read as: \(entry.canonicalText)", .dim) }
    console.diagnostics(entry.warnings, in: entry.script.program.source)
    console.message("ok, " + ["touches nothing", "only reads", "changes something", "destroys"][entry.effect.rawValue], .ok)
    let estimate = entry.script.program.estimate
    for write in estimate.writes { console.message("  writes    \(write.capability): \(write.calls)", .dim) }
    for (label, text) in estimate.lines where label == "requests" || label == "reads" {
      console.message("  \(label)\(String(repeating: " ", count: max(1, 10 - label.count)))\(text)", .dim)
    }
    return .done
  }

  func nothingYet() -> ExitStatus {
    console.message("there was no line yet; write it behind the command", .error)
    return .usage
  }

  /// The file and the parameters behind it, where a text names a script and is no line: by its ending, because the file is there, or because its
  /// first word can be nothing else.
  func scriptWords(_ text: String) -> [String]? {
    let words = CommandWords.split(text)
    guard let path = words.first, words.dropFirst().first?.hasPrefix("--") ?? true, path.contains(".") || path.contains("/") else { return nil }
    if path.hasSuffix(".safe") || InputFiles.exists(path) { return words }
    let ending = path.split(separator: ".").last.map(String.init) ?? ""
    guard path.wholeMatch(of: /[~.\/\w-]*[\/\w-]\.[A-Za-z]+/) != nil, path.contains("/") || Suggestion.nearest(to: ending, among: ["safe"]) != nil else { return nil }
    let root = String(path.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
    let known = ["resource", "enum", "type", "function", "input"]
    return session.variables.keys.contains(root) || !root.isEmpty && HelpIndex(schema).topics(named: root).contains { known.contains($0.kind) } ? nil : words
  }

  func showHistory(_ argument: String) -> ExitStatus {
    let all = editor?.historyEntries ?? []
    let number = Int(argument)
    let found = number == nil && !argument.isEmpty ? all.filter { $0.text.contains(argument) } : all
    for entry in found.suffix(number ?? Self.shownHistory) {
      let time = (entry.time ?? "").replacing("T", with: " ").prefix(16)
      let outcome = entry.outcome == nil || entry.outcome == "ok" ? "" : entry.outcome ?? ""
      let head = "\(String(time).padding(toLength: 16, withPad: " ", startingAt: 0))  \(outcome.padding(toLength: 9, withPad: " ", startingAt: 0))  "
      let lines = entry.text.split(separator: "\n", omittingEmptySubsequences: false)
      console.data(head + lines.joined(separator: "\n" + String(repeating: " ", count: head.count)) + "\n")
    }
    return .done
  }

  /// Lines of history that are shown where nobody says how many.
  private static let shownHistory = 20
}
