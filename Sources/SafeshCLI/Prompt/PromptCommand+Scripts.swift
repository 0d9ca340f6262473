internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// Commands that run, rehearse, write and take back scripts and lines.
extension PromptCommand {
  static let scripts: [PromptCommand] = [
    PromptCommand("run", "FILE [--name VALUE]", "runs a script here, with the questions of a line", takes: .file) { prompt, text in await prompt.runScript(text) },
    PromptCommand("save", "FILE", "writes the lines that worked as a script, with 'needs'", takes: .file) { prompt, path in await prompt.save(path) },
    PromptCommand("record", "[FILE]", "writes what works from now on into a script; without a file it ends that", takes: .file) { prompt, path in
      await prompt.record(into: path)
    },
    PromptCommand("edit", "[FILE]", "opens the last line, or a file, in $VISUAL or $EDITOR, and runs what was changed", takes: .file) { prompt, text in
      await prompt.edit(text)
    },
    PromptCommand("watch", "5s [LINE]", "runs a line that reads again and again, until Ctrl-C", takes: .duration) { prompt, text in await prompt.watch(text) },
    PromptCommand("undo", "[ID]", "takes back what the last line or script changed, or a run", takes: .run) { prompt, id in await prompt.undo(id) },
  ]
}

extension PromptLoop {
  /// A script's file, checked, with the files that it uses and the parameters that stand behind it; nil after what is wrong was told.
  func script(_ words: [String]) -> (Script, [RunRecord.File], [String: Value])? {
    let (path, uses) = (words[0], UsedFiles())
    let script: Script
    do throws(RunError) {
      let file = SourceFile(name: path, bytes: try InputFiles.read(path))
      do throws(ScriptErrors) {
        script = try Script(file, schema: schema, loader: uses.loader)
      } catch {
        tell(error.diagnostics, in: file)
        return nil
      }
    } catch {
      console.message("error: \(error.message)", .error)
      return nil
    }
    do throws(ScriptParameters.Problem) {
      return (script, uses.files, try ScriptParameters.parse(Array(words.dropFirst()), script.program.parameters))
    } catch {
      console.message("error: \(path): \(error.message)", .error)
      return nil
    }
  }

  func runScript(_ text: String) async -> ExitStatus {
    let words = CommandWords.split(text)
    guard !words.isEmpty else {
      console.message("':run' needs a script, as in ':run onboard.safe --file hires.csv'", .error)
      return .usage
    }
    guard let (script, used, parameters) = script(words) else { return .usage }
    guard script.program.effect > .read else { return ExitStatus(await read(script, parameters)) }
    var write = entryWrite(script, isScript: true)
    (write.parameters, write.used) = (parameters, used)
    return await perform(write).status
  }

  func plan(_ text: String) async -> ExitStatus {
    let script: Script
    var used: [SourceFile] = []
    var parameters: [String: Value] = [:]
    if let words = scriptWords(text) {
      guard let (found, files, values) = self.script(words) else { return .usage }
      (script, parameters) = (found, values)
      used = files.map { SourceFile(name: $0.path, text: $0.text) }
    } else {
      guard let line = text.isEmpty ? lastLine : text else { return nothingYet() }
      guard let entry = checked(line) else { return .usage }
      script = entry.script
    }
    let stage = RehearsalRun(
      script: script, parameters: parameters, used: used, target: place.target, console: console, interruption: interruption, readsSecret: readsSecret)
    console.beginProgress()
    let plan = await stage.plan(at: .now())
    console.endProgress()
    let text = PlanText(plan, color: console.colorsOutput)
    if console.isOutputTerminal {
      let (opening, rest) = text.opening
      console.data(opening)
      console.hold(rest)
    } else {
      console.data(text.text)
    }
    if let error = plan.result.error { console.error(error, in: plan.script) }
    return ExitStatus(plan.result)
  }

  // MARK: runs

  func undo(_ id: String) async -> ExitStatus {
    do throws(JournaledRun.Problem) {
      let (folder, record) = try run(named: id)
      guard record.target.isSame(as: place.record) else {
        throw JournaledRun.Problem(.refused, "the run \(folder.id) was on \(record.target.name), and this is \(place.target.name); nothing was sent")
      }
      if let refusal = try? place.store(environment)?.refusalToUndo(folder.id) {
        log.leave(folder.id)
        throw JournaledRun.Problem(.refused, "\(refusal); nothing was sent")
      }
      // What was sent and not answered may have been done, and has to be taken back as well.
      if let settlement = try Settlement(folder, record, console) { _ = try await settlement.run(on: place.own, timeout: place.target.timeout) }
      // Nobody else takes it back, or goes on with it, meanwhile.
      let lock: RunLock
      do { lock = try folder.lock() } catch { throw JournaledRun.Problem(error) }
      defer { withExtendedLifetime(lock) {} }
      let undo: UndoScript
      do { undo = try UndoScript(folder) } catch { throw JournaledRun.Problem(.failed, error.description) }
      for reason in undo.lost { console.message("cannot come back: \(reason)", .warning) }
      guard let text = undo.text else {
        console.message("the run \(folder.id) changed nothing that can be taken back", .dim)
        log.leave(folder.id)
        return undo.lost.isEmpty ? .done : .rowsFailed
      }
      let source = SourceFile(name: RunRecord.undoScript(of: folder.id), text: text)
      let script: Script
      do { script = try Script(source, schema: schema) } catch {
        console.diagnostics(error.diagnostics, in: source)
        throw JournaledRun.Problem(.failed, "the run \(folder.id) cannot be taken back by this safesh")
      }
      var write = entryWrite(script, isScript: true)
      write.isUndo = true
      let outcome = await perform(write, undoes: record)
      if outcome.status == .done { console.message("taken back: the run \(folder.id)", .dim) }
      return outcome.status
    } catch {
      console.message("error: \(error.message)", .error)
      return error.status
    }
  }

  /// The run that is meant; without a name the last one of this prompt that was not taken back.
  private func run(named name: String) throws(JournaledRun.Problem) -> (RunFolder, RunRecord) {
    guard let store = place.store(environment) else { throw JournaledRun.Problem.noPlace }
    guard let meant = name.isEmpty ? log.runs.last?.description : name else {
      let state = log.isAllTakenBack ? "all that was changed here is taken back" : "nothing was changed here yet"
      throw JournaledRun.Problem(.usage, "\(state); ':undo ID' takes back an earlier run, and ':runs' lists them")
    }
    do throws(RunStoreError) {
      let folder = try store.find(meant)
      return (folder, try folder.record())
    } catch { throw Self.atPrompt(error) }
  }

  /// Runs of the prompt may be of a sandbox that no other command knows.
  private static func atPrompt(_ error: RunStoreError) -> JournaledRun.Problem {
    let problem = JournaledRun.Problem(error)
    return JournaledRun.Problem(problem.status, problem.message.replacing("'safesh runs'", with: "':runs'"))
  }

  func showRuns(_ name: String) -> ExitStatus {
    do throws(JournaledRun.Problem) {
      guard let store = place.store(environment) else { throw JournaledRun.Problem.noPlace }
      do throws(RunStoreError) {
        if !name.isEmpty {
          let folder = try store.find(name)
          let text = RunText(folder, try folder.record(), at: .prompt(isPassing: place.target.isTemporary), takenBackBy: try store.undo(of: folder.id))
            .readingJournal()
          console.data(text.page(color: console.colorsOutput))
          return .done
        }
        let entries = try store.all()
        if entries.isEmpty {
          console.message("there are no runs; a line that changes something makes one", .dim)
          return .done
        }
        let width = console.display.format == .table ? console.canvas.size?.columns : nil
        let (type, rows) = RunTable(entries.prefix(Self.shownRuns), TakenBack(entries, in: store), width: width, isShort: true).rows
        var builder = TableBuilder(type)
        for row in rows { builder.add(row) }
        console.show(.table(builder.table()), .table(type))
        if entries.count > Self.shownRuns { console.message("\(entries.count - Self.shownRuns) more; 'safesh runs' lists them", .dim) }
        return .done
      } catch { throw Self.atPrompt(error) }
    } catch {
      console.message("error: \(error.message)", .error)
      return error.status
    }
  }

  private static let shownRuns = 20

  // MARK: files

  /// The script of these entries, told where it is not one yet.
  func write(_ script: SessionScript, to path: String) -> ExitStatus {
    let title = "From the prompt on \(place.target.shortName)."
    let (text, errors) = script.text(title, schema: schema, loader: InputFiles.loader, in: world)
    do throws(RunError) {
      try OutputFiles.save(path, toOutput: { [console] in console.data($0) }) { sink throws(RunError) in try sink(Array(text.utf8)) }
    } catch {
      console.message("error: \(error.message)", .error)
      return .failed
    }
    if !errors.isEmpty {
      console.message("as a script it has something wrong yet; 'safesh check \(path)' tells it after a change", .warning)
      console.diagnostics(errors, in: SourceFile(name: path, text: text))
    }
    return .done
  }

  /// What is left of a session: its lines without those that were taken back, unless a later one needs what they named.
  private func script(of log: SessionLog) -> SessionScript {
    log.script.leaving(out: log.takenBackLines, schema: schema, loader: InputFiles.loader, in: world)
  }

  func save(_ path: String) async -> ExitStatus {
    guard !path.isEmpty else {
      console.message("':save' needs a file, as in ':save leavers.safe'", .error)
      return .usage
    }
    let script = script(of: log)
    let leftOut = log.script.entries.count - script.entries.count
    guard !script.entries.isEmpty else {
      console.message(leftOut > 0 ? "all that worked was taken back, so there is nothing to save" : "nothing worked yet that could be saved", .error)
      return .usage
    }
    guard mayReplace(path) else { return .refused }
    let status = write(script, to: path)
    if status == .done {
      let count = script.entries.count
      let without = leftOut == 0 ? "" : ", without \(leftOut) that \(leftOut == 1 ? "was" : "were") taken back"
      let used = log.takenBackLines.count - leftOut
      let with = used == 0 ? "" : ", with \(used) that \(used == 1 ? "was" : "were") taken back and named what a later one uses"
      console.message("\(path): \(count) \(count == 1 ? "line" : "lines")\(without)\(with); ':run \(path)' or 'safesh run \(path)' runs it", .dim)
    }
    return status
  }

  func record(into path: String) async -> ExitStatus {
    if path.isEmpty {
      guard let recording else {
        console.message("nothing is recorded; ':record FILE' begins it", .error)
        return .usage
      }
      console.message("\(recording.path): \(script(of: recording.log).entries.count) recorded", .dim)
      self.recording = nil
      return .done
    }
    guard mayReplace(path) else { return .refused }
    recording = Recording(path: path)
    console.message("what works from now on is written to \(path); ':record' ends that", .dim)
    return .done
  }

  /// The script that is recorded is whole after each line.
  func writeRecording() {
    guard let recording else { return }
    _ = write(script(of: recording.log), to: recording.path)
  }

  private func mayReplace(_ path: String) -> Bool {
    guard InputFiles.exists(path), !options.yes else { return true }
    let answer = Question.canAsk ? console.asking { Question.ask("\(path) is there already; replace it? [y/N] ", isGivenUp: { interruption.isAsked }) } : nil
    if Question.isYes(answer) { return true }
    isDeclined = true
    console.message("\(path) was left as it is", .dim)
    return false
  }
}

/// A script that grows with each line that works.
struct Recording {
  let path: String
  var log = SessionLog()
}

/// Words as a shell has them: quotes keep spaces together.
enum CommandWords {
  static func split(_ text: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "\"" || character == "'" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let done = word { words.append(done) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    return words
  }
}
