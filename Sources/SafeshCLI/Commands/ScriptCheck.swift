internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// `safesh check`: everything that is wrong with scripts, and nothing else.
struct ScriptCheck {
  let options: RunOptions

  func check(_ files: [String]) -> ExitStatus {
    let schema = SecretSafeSchema.schema
    let console = Console(options: options, schema: schema)
    var status = ExitStatus.done
    for path in files {
      do throws(RunError) {
        let source = SourceFile(name: path, bytes: try InputFiles.read(path))
        do throws(ScriptErrors) {
          let script = try Script(source, schema: schema, loader: InputFiles.loader)
          console.diagnostics(script.program.warnings, in: source)
          console.message("\(path): ok\(Self.summary(script.program))", .ok)
          Self.show(script.program.estimate, of: path, options.output, console)
        } catch {
          console.diagnostics(error.diagnostics, in: source)
          status = .usage
        }
      } catch {
        console.message("safesh: \(error.message)", .error)
        status = .usage
      }
    }
    return status
  }

  /// What the script will do at most.
  private static func summary(_ program: CheckedProgram) -> String {
    program.needs.isEmpty ? program.effect == .pure ? ", touches nothing" : ", only reads" : ""
  }

  /// What it asks for at most, and what it does: for a person below the file's line, for a program as data.
  private static func show(_ estimate: Estimate, of path: String, _ format: OutputFormat, _ console: Console) {
    if format == .json || format == .jsonl {
      let type = RecordType([Field("file", .text), Field("estimate", .unknown)])
      return console.data(JSONText.compact(.record(Row(type, [.text(path), estimate.value]))) + "\n")
    }
    let width = estimate.lines.map(\.label.count).max() ?? 0
    for (label, text) in estimate.lines { console.message("  \(label)\(String(repeating: " ", count: width - label.count)) \(text)", .dim) }
  }
}
