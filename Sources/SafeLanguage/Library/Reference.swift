/// The tables of the language as pages: `docs/language.md` has these parts between marks, and a test fails where it has others.
public enum Reference {
  /// The parts by the name of their marks, in the order of the page.
  public static var parts: [(name: String, text: String)] {
    [
      ("types", types), ("operators", operators), ("statements", statements), ("stages", stages), ("aggregates", aggregates),
      ("text-methods", methods(on: .text)), ("list-methods", methods(on: .list, .table)), ("record-methods", methods(on: .record)),
      ("number-methods", methods(on: .int, .float, .duration)), ("date-methods", methods(on: .moment, .date, .time)), ("methods", methods(on: .any)),
      ("functions", functions), ("kusto", kusto), ("errors", errors),
    ]
  }

  /// A page with the parts as they are now. A part without marks in the page is told as missing.
  public static func filled(_ page: String) -> (page: String, missing: [String]) {
    var lines = page.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var missing: [String] = []
    for (name, text) in parts {
      guard let start = lines.firstIndex(of: "<!-- table: \(name) -->"), let end = lines[start...].firstIndex(of: "<!-- end -->") else {
        missing.append(name)
        continue
      }
      lines.replaceSubrange(start + 1..<end, with: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    return (lines.joined(separator: "\n"), missing)
  }

  private static var types: String {
    table(["type", "is", "for example"], Library.types.map { [code($0.name), $0.summary, examples($0.examples)] })
  }

  private static var operators: String {
    table(["operator", "gives", "for example"], Library.operators.map { [code($0.signs), $0.summary, examples($0.examples)] })
  }

  private static var statements: String {
    table(
      ["statement", "does"], Library.statements.map { [code($0.syntax), $0.summary + ($0.isTop ? "; at the top level only" : "")] })
      + "\n\n```\n" + Library.statements.compactMap(\.example).map { block($0) }.joined(separator: "\n\n") + "\n```"
  }

  private static var stages: String {
    table(["stage", "does"], Library.stages.map { [code($0.syntax), $0.summary] })
      + "\n\n```\n" + Library.stages.map { block($0.example) }.joined(separator: "\n\n") + "\n```"
  }

  private static var aggregates: String {
    table(
      ["aggregate", "is"],
      Library.aggregates.map { aggregate in
        let argument =
          switch aggregate.argument {
          case .optionalCondition: "()`, `\(aggregate.name)(condition)"
          case .number: "(number)"
          case .percent: "(value, percent)"
          case .ordered, .any: "(value)"
          }
        return ["`\(aggregate.name)\(argument)`", aggregate.summary]
      })
  }

  private static func methods(on receivers: Method.Receiver...) -> String {
    table(
      ["of", "method", "gives", "is", "for example"],
      Library.methods.filter { receivers.contains($0.receiver) }.map { method in
        [method.receiver.label, code(method.form), code(method.givenType), method.summary, examples([method.example])]
      })
  }

  private static var functions: String {
    table(
      ["function", "gives", "effect", "is", "for example"],
      Library.functions.map { [code($0.form), code("\($0.result)"), "\($0.effect)", $0.summary, examples([$0.example])] })
  }

  private static var kusto: String {
    table(
      ["Kusto", "here"],
      ForeignWords.kustoTable.map { words, meaning in
        let isCode = meaning.hasPrefix("write: ") && !meaning.contains(", or") || !meaning.contains(" ")
        return [words.map { code($0) }.joined(separator: " "), isCode ? code(meaning.replacing("write: ", with: "")) : meaning.replacing("write: ", with: "")]
      })
  }

  private static var errors: String {
    Diagnostic.Code.allCases.sorted { $0.rawValue < $1.rawValue }.map { code in
      let example = code.example.count > 100 ? String(code.example.prefix(20)) + "…" : code.example
      return "**\(code.rawValue)**: \(code.summary). \(code.explanation)\n\n```\n\(example)\n```"
    }.joined(separator: "\n\n")
  }

  // MARK: Markdown

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    ([head, head.map { _ in "---" }] + rows).map { "| " + $0.map { cell($0) }.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("\n", with: " ") }

  private static func code(_ text: String) -> String { text.isEmpty ? "" : text.contains("`") ? "`` \(text) ``" : "`\(text)`" }

  private static func examples(_ examples: [(code: String, result: String)]) -> String {
    examples.map { "\(code($0.code)) → \(code($0.result))" }.joined(separator: ", ")
  }

  /// A script with what it puts out beside its last line, or below.
  private static func block(_ example: (code: String, result: String)) -> String {
    let results = example.result.split(separator: "\n", omittingEmptySubsequences: false).map { "# => \($0)" }
    return example.code + "    " + results.joined(separator: "\n")
  }
}

extension Method {
  /// A type that stands for any, under the name that the reference gives it.
  private static let anything = Type.enumeration(EnumType(name: "T", cases: []))
  private static let another = Type.enumeration(EnumType(name: "U", cases: []))

  /// `padLeft(width: Int, with: Text?)`
  public var form: String { "\(name)(\(parameters.map(\.form).joined(separator: ", ")))" }

  /// The type of what it gives, with `T` for that of the elements.
  public var givenType: String {
    if let gives { return gives }
    for receiver in samples {
      if let type = result(receiver, parameters.map { Self.sample($0) }) { return "\(type)" }
    }
    return "?"
  }

  private var samples: [Type] {
    switch receiver {
    case .text, .any: [.text]
    case .list: [.list(Self.anything), .list(.list(Self.anything))]
    case .table: [.table(RecordType([Field("a", Self.anything)]))]
    case .record: [.record(RecordType([Field("a", Self.anything)]))]
    case .int: [.int]
    case .float: [.float]
    case .date: [.date]
    case .time, .moment: [.time]
    case .duration: [.duration]
    }
  }

  private static func sample(_ parameter: Parameter) -> Type {
    switch parameter.kind {
    case .value(let type): type
    case .checked: .text
    case .element, .stage: anything
    case .list: .list(another)
    case .record, .fields: .record(RecordType([]))
    case .predicate: .bool
    case .projection: another
    }
  }
}

extension Method {
  /// What it is a method of, in words.
  var receiverName: String { receiver.label }
}

extension Method.Receiver {
  fileprivate var label: String {
    switch self {
    case .text: "Text"
    case .list: "list"
    case .table: "table"
    case .record: "record"
    case .int: "Int"
    case .float: "Int, Float"
    case .date: "Date"
    case .time: "Time"
    case .duration: "Duration"
    case .moment: "Date, Time"
    case .any: "anything"
    }
  }
}

extension Method.Parameter {
  fileprivate var form: String {
    let type: String? =
      switch kind {
      case .value(let type): "\(type)"
      case .checked: "Text"
      case .element: "T"
      case .list: "[U]"
      case .record: "{ … }"
      case .fields: "Text"
      case .predicate, .projection, .stage: nil
      }
    return name + (type.map { ": \($0)" } ?? "") + (isRepeated ? ", …" : isRequired ? "" : "?")
  }
}

extension Function {
  /// `range(start: Int, end: Int?)`
  public var form: String {
    "\(name)(\(parameters.map { "\($0.name): \($0.type)\($0.isRequired ? "" : "?")" }.joined(separator: ", ")))"
  }
}
