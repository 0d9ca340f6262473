internal import SafeLanguage

/// The options that a script declares with `param`, read from the command line.
struct ScriptParameters {
  struct Problem: Error { let message: String }

  /// `--name value`, `--name=value`, `--flag`, `--no-flag`; lists repeat.
  static func parse(_ arguments: [String], _ parameters: [CheckedProgram.Parameter]) throws(Problem) -> [String: Value] {
    var values: [String: Value] = [:]
    var rest = arguments[...]
    if rest.first == "--" { rest = rest.dropFirst() }
    while let argument = rest.popFirst() {
      if argument == "--" { continue }
      guard argument.hasPrefix("--") else {
        throw Problem(message: "unexpected argument '\(argument)'; parameters are written --name value\(list(parameters))")
      }
      let body = argument.dropFirst(2)
      let name = String(body.prefix { $0 != "=" })
      let inline = body.contains("=") ? String(body.drop { $0 != "=" }.dropFirst()) : nil
      if let flag = parameters.first(where: { $0.type.required == .bool && isOption(name, of: $0) }) {
        values[flag.name] = try value(inline ?? "true", flag, name)
      } else if name.hasPrefix("no-"), let flag = parameters.first(where: { $0.type.required == .bool && isOption(String(name.dropFirst(3)), of: $0) }) {
        values[flag.name] = .bool(false)
      } else if let parameter = parameters.first(where: { isOption(name, of: $0) }) {
        guard let text = inline ?? rest.popFirst() else { throw Problem(message: "'--\(name)' needs a value") }
        try add(text, parameter, name, to: &values)
      } else {
        let options = parameters.map { CheckedProgram.optionName(of: $0.name) }
        let hint = Suggestion.nearest(to: name, among: options).map { "; did you mean '--\($0)'?" } ?? list(parameters)
        throw Problem(message: "the script has no parameter '--\(name)'\(hint)")
      }
    }
    if let missing = parameters.first(where: { $0.isRequired && values[$0.name] == nil }) {
      let text = missing.documentation.isEmpty ? "" : " (\(missing.documentation))"
      throw Problem(message: "the script needs '--\(CheckedProgram.optionName(of: missing.name))'\(text)")
    }
    return values
  }

  /// As the command line has it, or as the script does.
  private static func isOption(_ name: String, of parameter: CheckedProgram.Parameter) -> Bool {
    name == CheckedProgram.optionName(of: parameter.name) || name == parameter.name
  }

  private static func add(_ text: String, _ parameter: CheckedProgram.Parameter, _ name: String, to values: inout [String: Value]) throws(Problem) {
    guard case .list(let element) = parameter.type.required else {
      values[parameter.name] = try value(text, parameter, name)
      return
    }
    guard let value = Conversion.value(text, as: element) else {
      throw Problem(message: "'--\(name) \(text)': expected \(Conversion.form(of: element))")
    }
    var list = values[parameter.name]?.elements ?? []
    list.append(value)
    values[parameter.name] = .list(list)
  }

  private static func value(_ text: String, _ parameter: CheckedProgram.Parameter, _ name: String) throws(Problem) -> Value {
    if parameter.type == .text { return .text(text) }
    guard let value = Conversion.value(text, as: parameter.type) else {
      throw Problem(message: "'--\(name) \(text)': expected \(Conversion.form(of: parameter.type))")
    }
    return value
  }

  private static func list(_ parameters: [CheckedProgram.Parameter]) -> String {
    if parameters.isEmpty { return "; it has none" }
    return "; it has " + parameters.map { "--\(CheckedProgram.optionName(of: $0.name))" }.joined(separator: ", ")
  }
}
