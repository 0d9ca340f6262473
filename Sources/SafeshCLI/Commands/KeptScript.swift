internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// A script with all that it uses, as a run or a plan has kept it.
struct KeptScript: Sendable {
  let script: RunRecord.File
  let uses: [RunRecord.File]
  let parameters: [RunRecord.Parameter]

  /// Goes to the folder from which its paths are seen.
  static func enter(_ directory: String, _ console: Console) {
    if !directory.isEmpty, !FileManager.default.changeCurrentDirectoryPath(directory) {
      console.message("warning: the folder \(directory), where this began, is not there any more", .warning)
    }
  }

  func load(_ console: Console) throws(JournaledRun.Problem) -> (Script, [String: Value]) {
    let texts = Dictionary(uses.map { ($0.path, $0.text) }) { first, _ in first }
    let loader = SourceLoader { path, user throws(RunError) in
      let place = InputFiles.place(of: path, from: user)
      guard let text = texts[place] else { throw RunError(.file, "'\(place)' was not kept") }
      return SourceFile(name: place, text: text)
    }
    let file = SourceFile(name: script.path, text: script.text)
    let loaded: Script
    do { loaded = try Script(file, schema: SecretSafeSchema.schema, loader: loader) } catch {
      console.diagnostics(error.diagnostics, in: file)
      throw JournaledRun.Problem(.usage, "the script is none of this version of safesh")
    }
    do {
      return (loaded, try ScriptParameters.parse(parameters.map { "--\($0.name)=\($0.text)" }, loaded.program.parameters))
    } catch { throw JournaledRun.Problem(.usage, error.message) }
  }
}
