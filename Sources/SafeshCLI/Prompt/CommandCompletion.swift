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
      return PromptHooks.list(0..<offset, found.map { Completer.Candidate(text: ":" + $0.name, help: "\($0.form)   \($0.summary)") })
    }
    let name = text.dropFirst().prefix { $0 != " " }
    guard let command = PromptCommand.named(String(name)) else { return CompletionList(range: start..<offset, candidates: []) }
    return PromptHooks.list(start..<offset, arguments(of: command, word).filter { $0.text.lowercased().hasPrefix(word.lowercased()) })
  }

  private func arguments(of command: PromptCommand, _ word: String) -> [Completer.Candidate] {
    func plain(_ texts: some Sequence<String>, _ help: String) -> [Completer.Candidate] { texts.map { Completer.Candidate(text: $0, help: help) } }
    switch command.takes {
    case .file: return FileNames.beginning(word)
    case .format: return plain(OutputFormat.allCases.map(\.rawValue), "")
    case .profile: return plain(prompt.profileNames, "a profile")
    case .topic:
      var seen: Set<String> = []
      // Help tells all that goes by a name.
      let topics = HelpIndex(prompt.schema).topics.filter { $0.kind != "operator" && seen.insert($0.name).inserted }
      return topics.map { Completer.Candidate(text: $0.name, help: "\($0.kind): \($0.summary)") }
    case .run:
      let runs = (try? prompt.place.store(prompt.environment)?.all()) ?? []
      return runs.prefix(50).map { entry in
        Completer.Candidate(text: entry.folder.id.description, help: (try? entry.record.get()).map { RunTable.name(of: $0) } ?? "damaged")
      }
    case .nothing, .line, .duration: return []
    }
  }
}
