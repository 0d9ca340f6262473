internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// What completes in a line that begins with a colon, but for the lines of the language in it.
struct CommandCompletion {
  private let prompt: PromptLoop

  init(_ prompt: PromptLoop) { self.prompt = prompt }

  func candidates(_ text: String, at offset: Int) -> CompletionList {
    let bytes = Array(text.utf8)
    var start = offset
    while start > 0, bytes[start - 1] != UInt8(ascii: " ") { start -= 1 }
    let word = String(decoding: bytes[start..<offset], as: UTF8.self)
    if start == 0 {
      let found = PromptCommand.all.filter { (":" + $0.name).hasPrefix(word) }
      return PromptHooks.list(0..<offset, found.map { Completer.Candidate(text: ":" + $0.name, help: "\($0.form)   \($0.summary)", isFollowed: !$0.arguments.isEmpty) })
    }
    let name = text.dropFirst().prefix { $0 != " " }
    guard let command = PromptCommand.named(String(name)) else { return CompletionList(range: start..<offset, candidates: []) }
    let before = CommandWords.split(String(decoding: bytes[..<start], as: UTF8.self))
    return PromptHooks.list(start..<offset, arguments(of: command, word, behind: Array(before.dropFirst())).filter { $0.text.lowercased().hasPrefix(word.lowercased()) })
  }

  /// - Parameter words: what stands before it, behind the command.
  private func arguments(of command: PromptCommand, _ word: String, behind words: [String]) -> [Completer.Candidate] {
    func plain(_ texts: some Sequence<String>, _ help: String) -> [Completer.Candidate] { texts.map { Completer.Candidate(text: $0, help: help) } }
    switch command.takes {
    case .file, .lineOrFile: return word.hasPrefix("-") && !words.isEmpty ? parameters(of: words[0]) : FileNames.beginning(word)
    case .format: return plain(OutputFormat.allCases.map(\.rawValue), "")
    case .profile: return plain(prompt.profileNames, "a profile")
    case .topic:
      var seen: Set<String> = []
      let index = HelpIndex(prompt.schema)
      // Help tells all that goes by a name.
      let topics = index.topics.filter { $0.kind != "operator" && seen.insert($0.name).inserted }
      let tables = (["commands"] + index.overview.map(\.title)).filter { seen.insert($0).inserted }
      return topics.map { Completer.Candidate(text: $0.name, help: "\($0.kind): \($0.summary)") } + plain(tables, "all of them")
    case .run:
      let runs = (try? prompt.place.store(prompt.environment)?.all()) ?? []
      return runs.prefix(50).map { entry in
        Completer.Candidate(text: entry.folder.id.description, help: (try? entry.record.get()).map { RunTable.name(of: $0) } ?? "damaged")
      }
    case .nothing, .duration, .line: return []
    }
  }

  /// Scripts whose paths begin with what was typed, and the folders on the way, where a command takes a line or a file and nothing else stands there.
  func scripts(_ text: String, at offset: Int) -> CompletionList? {
    let typed = String(decoding: text.utf8.prefix(offset), as: UTF8.self)
    guard typed.hasPrefix(":"), let space = typed.firstIndex(of: " "), PromptCommand.named(String(typed[..<space].dropFirst()))?.takes == .lineOrFile else {
      return nil
    }
    let word = typed[space...].drop { $0 == " " }
    guard !word.contains(where: \.isWhitespace) else { return nil }
    let found = FileNames.beginning(String(word)).filter { $0.text.hasSuffix("/") || $0.text.hasSuffix(".safe") }
    return found.isEmpty ? nil : PromptHooks.list(offset - word.utf8.count..<offset, found)
  }

  private func parameters(of path: String) -> [Completer.Candidate] {
    // Whatever else there is may keep a reader waiting.
    guard (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType == .typeRegular, let bytes = try? InputFiles.read(path),
      let script = try? Script(SourceFile(name: path, bytes: bytes), schema: prompt.schema, loader: InputFiles.loader)
    else { return [] }
    return script.program.parameters.map {
      Completer.Candidate(text: "--" + CheckedProgram.optionName(of: $0.name), help: $0.documentation.isEmpty ? "\($0.type)" : "\($0.type)   \($0.documentation)")
    }
  }
}
