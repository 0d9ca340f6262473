internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// `safesh FILE --help`: what a script says of itself, its options, and what it may write.
struct ScriptHelp {
  let options: RunOptions

  func show(_ path: String) -> ExitStatus {
    let schema = SecretSafeSchema.schema
    let console = Console(options: options, schema: schema)
    do throws(RunError) {
      let source = SourceFile(name: path, bytes: try InputFiles.read(path))
      do throws(ScriptErrors) {
        Terminal.write(Self.text(of: try Script(source, schema: schema).program, path), to: 1)
        return .done
      } catch {
        console.diagnostics(error.diagnostics, in: source)
      }
    } catch {
      console.message("safesh: \(error.message)", .error)
    }
    return .usage
  }

  private static func text(of program: CheckedProgram, _ path: String) -> String {
    let parameters = program.parameters.map { (form: form(of: $0), parameter: $0) }
    let usage = parameters.map { $0.parameter.isRequired ? " \($0.form)" : " [\($0.form)]" }.joined()
    var parts = [program.documentation, "usage: safesh \(path)\(usage)"].filter { !$0.isEmpty }
    let width = parameters.map(\.form.count).max() ?? 0
    let lines = parameters.map { form, parameter in
      let text = [parameter.documentation, parameter.isRequired ? "(required)" : ""].filter { !$0.isEmpty }.joined(separator: " ")
      return text.isEmpty ? "  \(form)" : "  \(form)\(String(repeating: " ", count: width - form.count + 3))\(text)"
    }
    if !lines.isEmpty { parts.append(lines.joined(separator: "\n")) }
    parts.append(ScriptCheck.effects(program))
    return parts.joined(separator: "\n\n") + "\n"
  }

  private static func form(of parameter: CheckedProgram.Parameter) -> String {
    let name = "--" + CheckedProgram.optionName(of: parameter.name)
    return parameter.type.required == .bool ? name : "\(name) \(parameter.type.required)"
  }
}
