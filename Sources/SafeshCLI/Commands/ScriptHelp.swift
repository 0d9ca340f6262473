internal import SafeLanguage

/// What `safesh run FILE --help` says: made from the `##` of the script and of its parameters.
struct ScriptHelp {
  let path: String
  let program: CheckedProgram

  var text: String {
    var text = program.documentation.isEmpty ? "" : program.documentation + "\n\n"
    let options = program.parameters.map { (form: form($0), parameter: $0) }
    let usage = options.map { $0.parameter.isRequired ? $0.form : "[\($0.form)]" }
    text += "USAGE: " + (["safesh run \(path)"] + usage).joined(separator: " ") + "\n"
    if !options.isEmpty {
      let width = min(32, options.map { $0.form.count }.max() ?? 0)
      text += "\nOPTIONS:\n"
      for (form, parameter) in options {
        let pad = String(repeating: " ", count: max(2, width - form.count + 2))
        let extra = parameter.defaultText.map { "(default: \($0))" } ?? (parameter.isRequired ? "(required)" : "")
        let help = [parameter.documentation, extra].filter { !$0.isEmpty }.joined(separator: " ")
        text += "  \(form)\(pad)\(help)".trimmed + "\n"
      }
    }
    if !program.needs.isEmpty {
      text += "\nWRITES: " + program.needs.sorted { $0.key < $1.key }.map { "\($0.key) <= \($0.value)" }.joined(separator: ", ") + "\n"
    }
    return text
  }

  /// `--max-n <Int>`, `--[no-]dry`, `--team <Text> …`
  private func form(_ parameter: CheckedProgram.Parameter) -> String {
    let name = CheckedProgram.optionName(of: parameter.name)
    switch parameter.type.required {
    case .bool: return "--[no-]\(name)"
    case .list(let element): return "--\(name) <\(element)> …"
    default: return "--\(name) <\(parameter.type.required)>"
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
