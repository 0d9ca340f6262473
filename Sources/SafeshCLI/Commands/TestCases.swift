internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeServer

/// Finds the tests that will run, with the snapshots that they name, before the first of them does.
struct TestCases {
  let console: Console

  /// Nil after everything that is wrong was told.
  func read(_ files: [String], filter: String?) -> [TestRun.Case]? {
    var isWrong = false
    var scripts: [Script] = []
    for path in files {
      if let script = script(path) { scripts.append(script) } else { isWrong = true }
    }
    if isWrong { return nil }
    let all = scripts.flatMap { script in script.program.tests.map { (script: script, test: $0) } }
    let chosen = all.filter { filter.map($0.test.title.containsIgnoringCase) ?? true }
    var snapshots: [String: EmbeddedServer.Content?] = [:]
    var cases: [TestRun.Case] = []
    for (script, test) in chosen {
      var content = EmbeddedServer.Content.empty
      if let name = test.snapshot {
        let path = Self.path(name, besides: script.program.source.name)
        let read = snapshots[path] ?? snapshot(path, of: test, in: script.program.source)
        snapshots[path] = .some(read)
        guard let read else {
          isWrong = true
          continue
        }
        content = read
      }
      cases.append(TestRun.Case(script: script, test: test, content: content))
    }
    if isWrong { return nil }
    if cases.isEmpty {
      let names = files.joined(separator: ", ")
      let text =
        switch filter {
        case let filter? where !all.isEmpty: "no title of the \(all.count) \(all.count == 1 ? "test" : "tests") in \(names) has '\(filter)' in it"
        default: "there is no test in \(names); one is written as: test \"title\" { … }"
        }
      console.message("safesh: \(text)", .error)
      return nil
    }
    return cases
  }

  private func script(_ path: String) -> Script? {
    do throws(RunError) {
      let source = SourceFile(name: path == "-" ? "standard input" : path, bytes: try InputFiles.read(path))
      do throws(ScriptErrors) {
        let script = try Script(source, schema: SecretSafeSchema.schema, loader: InputFiles.loader)
        console.diagnostics(script.program.warnings, in: source)
        return script
      } catch {
        console.diagnostics(error.diagnostics, in: source)
      }
    } catch {
      console.message("safesh: \(error.message)", .error)
    }
    return nil
  }

  private func snapshot(_ path: String, of test: CheckedProgram.Test, in source: SourceFile) -> EmbeddedServer.Content? {
    do throws(SnapshotFile.Problem) { return .snapshot(try SnapshotFile(path).snapshot) } catch {
      switch error {
      case .content(let lines): for line in lines { console.message(line, .error) }
      case .file(let error):
        let line = source.position(test.span.start).line
        console.message("\(source.name):\(line): the snapshot of the test '\(test.title)': \(error.message)", .error)
      }
    }
    return nil
  }

  /// A path is from the folder of the file that names it.
  private static func path(_ name: String, besides file: String) -> String {
    let folder = (file as NSString).deletingLastPathComponent
    return name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
  }
}

extension String {
  fileprivate func containsIgnoringCase(_ part: String) -> Bool { part.isEmpty || lowercased().contains(part.lowercased()) }
}
