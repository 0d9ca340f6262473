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
          console.message("\(path): ok, \(Self.effects(script.program))", .ok)
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
  static func effects(_ program: CheckedProgram) -> String {
    if program.needs.isEmpty { return program.effect == .pure ? "touches nothing" : "only reads" }
    return "writes: " + program.needs.sorted { $0.key < $1.key }.map { "\($0.key) at most \($0.value)" }.joined(separator: ", ")
  }
}
