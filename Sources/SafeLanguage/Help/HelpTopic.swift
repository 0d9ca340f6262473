/// What `help` tells of one word, from the same tables as the checker and the reference.
public struct HelpTopic: Sendable {
  public var name: String
  /// What it is, in a word or two: `verb`, `stage`, `error`.
  public var kind: String
  /// How it is written; one line for each form.
  public var signatures: [String]
  public var summary: String
  /// Names and values below: the effect, the capability, what it belongs to.
  public var facts: [(label: String, text: String)] = []
  /// Of a word that has several: each of them with what it does.
  public var forms: [(name: String, text: String)] = []
  /// A longer explanation.
  public var text = ""
  public var examples: [(code: String, result: String)] = []
}

/// Everything that `help` has a topic for.
public struct HelpIndex: Sendable {
  public let topics: [HelpTopic]

  public init(_ schema: Schema) {
    topics =
      Self.pages + Self.verbs(schema) + Self.resources(schema) + Self.stages + Self.statements + Self.functions + Self.aggregates + Self.methods + Self.types(schema)
      + Self.operators + Self.inputs + Self.errors
  }

  /// Every topic of that name, without regard to case; a resource is found by its singular, an error by its code.
  public func topics(named name: String) -> [HelpTopic] {
    let wanted = Self.plain(name)
    let exact = topics.filter { $0.name.lowercased() == wanted }
    if !exact.isEmpty { return exact }
    return topics.filter { topic in topic.signatures.contains { $0.lowercased() == wanted } || topic.name.split(separator: " ").contains { $0.lowercased() == wanted } }
  }

  /// The name that may be meant by one that nothing has.
  public func nearest(to name: String) -> String? { Suggestion.nearest(to: Self.plain(name), among: topics.map(\.name)) }

  /// As people type them: `.upper()`, `groups[`, `"invite"`.
  private static func plain(_ name: String) -> String {
    var name = name[...]
    while let first = name.first, "\"'.:".contains(first) { name.removeFirst() }
    while let last = name.last, "\"'()[]:;".contains(last) { name.removeLast() }
    // Signs have no letters to be found by.
    return name.isEmpty ? "" : name.lowercased()
  }
}

// MARK: the tables

extension HelpIndex {
  private static func verbs(_ schema: Schema) -> [HelpTopic] {
    var names: [String] = []
    for verb in schema.verbs where !names.contains(verb.name) { names.append(verb.name) }
    return names.map { name in
      let forms = schema.verbs.filter { $0.name == name }
      var topic = HelpTopic(name: name, kind: "verb", signatures: forms.map(\.signature), summary: forms[0].summary)
      topic.facts = [("effect", words(forms)), ("needs", capabilities(forms))]
      if forms.count > 1 { topic.forms = forms.map { ($0.signature, $0.summary) } }
      if forms.count > 1 { topic.text = forms.map { "\($0.signature)\n  \($0.summary)" }.joined(separator: "\n") }
      topic.facts += arguments(forms)
      topic.examples = forms.map { ($0.example, "") }
      return topic
    }
  }

  private static func words(_ forms: [Verb]) -> String {
    var parts: [String] = []
    for verb in forms {
      var text = verb.effect == .destroy ? "destroys: it asks for the count to be typed" : "writes, and can be undone"
      switch verb.destruction {
      case .argument(let name): text = "writes; with \(name): true it destroys"
      case .cases: text = "writes; where that puts members out it destroys"
      case nil: break
      }
      if !parts.contains(text) { parts.append(text) }
    }
    return parts.count == 1
      ? parts[0]
      : zip(forms, forms.map { $0.effect == .destroy ? "destroys" : "writes" }).map { "\($1) (\($0.signature.split(separator: " ").prefix(2).joined(separator: " ")))" }
        .joined(separator: ", ")
  }

  private static func capabilities(_ forms: [Verb]) -> String {
    var seen: [String] = []
    for verb in forms where !seen.contains(verb.capability) { seen.append(verb.capability) }
    return seen.map { "\($0) <= N" }.joined(separator: ", ")
  }

  private static func arguments(_ forms: [Verb]) -> [(label: String, text: String)] {
    var seen: [(label: String, text: String)] = []
    for parameter in forms.flatMap(\.parameters) where !seen.contains(where: { $0.label == "\(parameter.name):" }) {
      seen.append(("\(parameter.name):", parameter.type.words + (parameter.isRequired ? "" : ", may be left out")))
    }
    return seen
  }

  private static func resources(_ schema: Schema) -> [HelpTopic] {
    schema.resources.map { resource in
      var topic = HelpTopic(
        name: resource.plural, kind: "resource", signatures: [resource.signature, resource.name], summary: resource.summary, facts: [("effect", "reads")])
      topic.text = "fields: " + resource.row.visible.map { ".\($0.name) \($0.type)" }.joined(separator: ", ")
      if !resource.relations.isEmpty { topic.text += "\nrelations: " + resource.relations.map { ".\($0.name)" }.joined(separator: ", ") }
      return topic
    }
  }

  private static var stages: [HelpTopic] {
    Library.stages.map { HelpTopic(name: $0.name, kind: "stage", signatures: ["| \($0.syntax)"], summary: $0.summary, examples: [$0.example]) }
  }

  private static var statements: [HelpTopic] {
    Library.statements.map { entry in
      var topic = HelpTopic(name: entry.name, kind: "statement", signatures: [entry.syntax], summary: entry.summary)
      if entry.isTop { topic.facts = [("stands", "at the top level only")] }
      topic.examples = [entry.example].compactMap(\.self)
      return topic
    }
  }

  private static var functions: [HelpTopic] {
    Library.functions.map {
      HelpTopic(
        name: $0.name, kind: "function", signatures: ["\($0.form) -> \($0.result)"], summary: $0.summary,
        facts: [("effect", $0.effect == .pure ? "touches nothing" : "reads")], examples: [$0.example])
    }
  }

  private static var aggregates: [HelpTopic] {
    Library.aggregates.map {
      HelpTopic(name: $0.name, kind: "aggregate", signatures: ["| summarize \($0.name)(…)"], summary: $0.summary, facts: [("stands", "in 'summarize'")])
    }
  }

  private static var methods: [HelpTopic] {
    Library.methods.map {
      HelpTopic(
        name: $0.name, kind: "method", signatures: [".\($0.form) -> \($0.givenType)"], summary: $0.summary, facts: [("of", $0.receiverName)], examples: [$0.example])
    }
  }

  private static func types(_ schema: Schema) -> [HelpTopic] {
    Library.types.map { HelpTopic(name: $0.name, kind: "type", signatures: [$0.name], summary: $0.summary, examples: $0.examples) }
      + schema.enumerations.map {
        HelpTopic(name: $0.name, kind: "enum", signatures: [$0.name], summary: $0.summary)
      }
  }

  private static var operators: [HelpTopic] {
    Library.operators.map { HelpTopic(name: $0.signs, kind: "operator", signatures: [$0.signs], summary: $0.summary, examples: $0.examples) }
  }

  private static var inputs: [HelpTopic] {
    InputFormat.allCases.map {
      HelpTopic(name: $0.rawValue, kind: "input", signatures: [$0.example], summary: $0.summary, facts: [("effect", "reads")])
    }
  }

  private static var errors: [HelpTopic] {
    Diagnostic.Code.allCases.map {
      HelpTopic(
        name: $0.rawValue, kind: "error", signatures: [$0.rawValue], summary: $0.summary, text: $0.explanation,
        examples: [($0.example.count > 100 ? String($0.example.prefix(20)) + "…" : $0.example, "")])
    }
  }
}

extension Verb.Parameter.Kind {
  /// What it takes, in words.
  fileprivate var words: String {
    switch self {
    case .value(let type): "\(type)"
    case .row(let resource): "a \(resource)"
    case .rows(let resource): "a list of \(resource)"
    case .table(let row): "rows of \(row.visible.map(\.name).joined(separator: ", "))"
    case .flags(let names): "a record of \(names.prefix(4).joined(separator: ", "))…"
    case .settings: "a record of settings"
    case .oneOf(let kinds): kinds.map(\.words).joined(separator: ", or ")
    }
  }
}
