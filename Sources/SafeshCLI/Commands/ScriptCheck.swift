internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// `safesh check`: everything that is wrong with scripts, and what the right ones will do.
struct ScriptCheck {
  let options: RunOptions
  /// In a form for programs: what scripts will ask for, in place of what is wrong.
  let givesEstimates: Bool
  /// Who says that a file is not there.
  var speaker = "safesh"

  func check(_ files: [String]) -> ExitStatus {
    let schema = SecretSafeSchema.schema
    let console = Console(options: options, schema: schema)
    var status = ExitStatus.done
    // In a form for programs everything goes to standard output, and nothing else is said.
    var listed = options.output == .table || givesEstimates ? nil : DiagnosticTable()
    func tell(_ diagnostics: [Diagnostic], _ source: SourceFile) {
      if listed == nil { console.diagnostics(diagnostics, in: source) } else { listed?.add(diagnostics, in: source) }
    }
    for path in files {
      do throws(RunError) {
        let source = SourceFile(name: path, bytes: try InputFiles.read(path))
        do throws(ScriptErrors) {
          let script = try Script(source, schema: schema, loader: InputFiles.loader)
          tell(script.program.warnings, source)
          if listed == nil { self.tell(script.program, path, console) }
        } catch {
          tell(error.diagnostics, source)
          status = .usage
        }
      } catch {
        console.message("\(speaker): \(error.message)", .error)
        status = .usage
      }
    }
    if let listed { console.show(listed.value, listed.type) }
    return status
  }

  /// What the script does and asks for at most: for a person below the file's line, for a program as data.
  private func tell(_ program: CheckedProgram, _ path: String, _ console: Console) {
    if givesEstimates, options.output != .table {
      let type = RecordType([Field("file", .text), Field("estimate", .unknown)])
      return console.data(ValueText.json(.record(Row(type, [.text(path), program.estimate.value]))) + "\n")
    }
    let effect = program.needs.isEmpty ? program.effect == .pure ? ", touches nothing" : ", only reads" : ""
    console.message("\(path): ok\(effect)", .ok)
    let lines = program.estimate.lines
    let width = lines.map(\.label.count).max() ?? 0
    for (label, text) in lines { console.message("  \(label)\(String(repeating: " ", count: width - label.count)) \(text)", .dim) }
  }
}
