internal import Foundation
internal import SafeAutomation
internal import SafeConfiguration
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

/// Commands that change how the prompt works.
extension PromptCommand {
  static let session: [PromptCommand] = [
    PromptCommand("output", "[FORMAT]", "how values are written: " + OutputFormat.allCases.map(\.rawValue).joined(separator: ", "), takes: .format) { prompt, name in
      prompt.choose(format: name)
    },
    PromptCommand("profile", "[NAME]", "goes to another organization; variables stay", takes: .profile) { prompt, name in await prompt.choose(profile: name) },
    PromptCommand("timing", "", "tells how long each line took, or no longer") { prompt, _ in
      prompt.isTimed.toggle()
      prompt.console.message("timing is \(prompt.isTimed ? "on" : "off")", .dim)
      return .done
    },
    PromptCommand("quit", "", "leaves, as Ctrl-D does") { prompt, _ in
      prompt.isLeaving = true
      return .done
    },
  ]
}

extension PromptLoop {
  func choose(format name: String) -> ExitStatus {
    let names = OutputFormat.allCases.map(\.rawValue).joined(separator: ", ")
    if name.isEmpty {
      console.message("values are written as \(options.output.rawValue); there are \(names)", .dim)
      return .done
    }
    guard let format = OutputFormat(rawValue: name) else {
      console.message("there is no format '\(name)'; there are \(names)", .error)
      return .usage
    }
    options.output = format
    console.display.format = format
    return .done
  }

  func choose(profile name: String) async -> ExitStatus {
    if name.isEmpty { return showProfiles() }
    var options = options
    options.sandbox = nil
    options.sandboxFrom = nil
    options.connection.profile = name
    do throws(ClientError) { try await choose(options) } catch {
      console.message("error: \(error.message)", .error)
      return error.kind == .invalid ? .usage : .notAuthenticated
    }
    console.messageText(banner.prefix(1).map { $0.rendered(color: console.colorsMessages) + "\n" }.joined())
    return .done
  }

  var profileNames: [String] {
    guard let file = ConfigurationFile(environment: environment), let configuration = try? file.read() else { return ["sandbox"] }
    return configuration.profiles.map(\.name) + ["sandbox"]
  }

  private func showProfiles() -> ExitStatus {
    for name in profileNames { console.data((name == place.target.shortName ? "* " : "  ") + name + "\n") }
    return .done
  }

  // MARK: the editor of the person

  /// Gives a file, or the last line, to an editor, and runs what it leaves.
  func edit(_ text: String) async -> ExitStatus {
    guard isTerminal, let editor else {
      console.message("':edit' needs a terminal", .error)
      return .usage
    }
    let words = CommandWords.split(text)
    if let path = words.first { return await edit(path, text, editor) }
    let path = NSTemporaryDirectory() + "safesh-\(GUID.random()).safe"
    defer { unlink(path) }
    let before = (lastLine ?? "") + "\n"
    guard FileManager.default.createFile(atPath: path, contents: Data(before.utf8), attributes: [.posixPermissions: 0o600]) else {
      console.message("error: '\(path)' cannot be written", .error)
      return .failed
    }
    guard open(path, in: editor), let data = FileManager.default.contents(atPath: path), let text = String(data: data, encoding: .utf8) else { return .failed }
    let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if line.isEmpty || line == lastLine {
      console.message("nothing was changed, so nothing was run", .dim)
      return .done
    }
    lastLine = line
    console.message(line)
    return await evaluate(line)
  }

  /// Runs a script that was changed, with the parameters behind its name.
  private func edit(_ path: String, _ text: String, _ editor: any LineEditor) async -> ExitStatus {
    let before = FileManager.default.contents(atPath: path)
    guard open(path, in: editor) else { return .failed }
    if FileManager.default.contents(atPath: path) == before {
      console.message("nothing was changed, so nothing was run", .dim)
      return .done
    }
    guard path.hasSuffix(".safe") else {
      console.message("\(path) is no script, so nothing was run", .dim)
      return .done
    }
    console.message(":run \(text)")
    return await runScript(text)
  }

  /// False after it was told that the editor ended badly.
  private func open(_ path: String, in editor: any LineEditor) -> Bool {
    let program = ["VISUAL", "EDITOR"].lazy.compactMap { self.environment[$0] }.first { !$0.isEmpty } ?? "vi"
    editor.lendTerminal()
    let ending = try? ForegroundCommand("\(program) '\(path.replacing("'", with: "'\\''"))'").run()
    editor.takeTerminal()
    editor.beginCommand()
    if ending == 0 { return true }
    console.message("the editor '\(program)' \(ending.map { "ended with \($0)" } ?? "did not start"), so nothing was run", .error)
    return false
  }

  // MARK: again and again

  func watch(_ text: String) async -> ExitStatus {
    let word = text.prefix { !$0.isWhitespace }
    let line = text.dropFirst(word.count).trimmingCharacters(in: .whitespaces)
    guard case .duration(let interval)? = Conversion.value(String(word), as: .duration), interval >= Self.shortestWatch else {
      console.message("':watch' needs how long to wait, as in ':watch 5s'; at least 500ms", .error)
      return .usage
    }
    guard let watched = line.isEmpty ? lastLine : line else { return nothingYet() }
    guard let entry = checked(watched) else { return .usage }
    guard entry.effect <= .read else {
      console.message("this line changes something, so it is not watched; 'safesh watch' runs a script over new events", .error)
      return .usage
    }
    while true {
      await place.session.opened?.forgetLists()
      if console.isOutputTerminal, !console.isPlain { console.data("\u{1b}[H\u{1b}[2J") }
      console.message("every \(word), Ctrl-C ends: \(watched)", .dim)
      let result = await read(entry.script)
      session.take(entry, result)
      if let error = result.error, error.reach != .row { return ExitStatus(result) }
      await interruption.rest(until: .now + .microseconds(interval))
      if interruption.isAsked { return .done }
    }
  }

  /// Microseconds.
  private static let shortestWatch = 500_000
}
