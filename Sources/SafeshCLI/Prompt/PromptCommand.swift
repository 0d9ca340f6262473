internal import SafeLanguage

/// A command of the prompt as data: `:help`, completion, the page for users and what runs it read this one table.
struct PromptCommand: Sendable {
  let name: String
  /// What may stand behind it: `FILE`, `[LINE]`.
  let arguments: String
  let summary: String
  let takes: Argument
  /// Runs it with what stands behind its name.
  let body: @Sendable (PromptLoop, String) async -> ExitStatus

  /// What completes behind the name.
  enum Argument: Sendable {
    case nothing, file, topic, line, format, profile, run, duration
    /// A line, or a script's file with its parameters.
    case lineOrFile
  }

  init(_ name: String, _ arguments: String = "", _ summary: String, takes: Argument = .nothing, _ body: @escaping @Sendable (PromptLoop, String) async -> ExitStatus) {
    (self.name, self.arguments, self.summary, self.takes, self.body) = (name, arguments, summary, takes, body)
  }

  /// As `:run FILE`.
  var form: String { ":" + name + (arguments.isEmpty ? "" : " " + arguments) }

  static let all: [PromptCommand] = about + scripts + session

  /// Other words for some of them.
  static let aliases = ["q": "quit", "exit": "quit", "h": "help", "?": "help"]

  static func named(_ name: String) -> PromptCommand? {
    let name = aliases[name] ?? name
    return all.first { $0.name == name }
  }

  /// The command that an entry is, and what stands behind its name; nil for a line of the language. Words that everybody tries first are commands
  /// without the colon, too, unless they name a variable.
  static func parse(_ text: String, variables: some Sequence<String>) -> (command: PromptCommand?, argument: String)? {
    guard let (name, argument, isMarked) = split(text) else { return nil }
    if isMarked { return (named(name), argument) }
    let isPlain = ["quit", "exit"].contains(name) ? argument.isEmpty : name == "help" && isTopic(argument)
    guard isPlain, !variables.contains(name) else { return nil }
    return (named(name), argument)
  }

  /// `help` alone or with one word.
  private static func isTopic(_ text: String) -> Bool { !text.contains(where: \.isWhitespace) && !text.hasPrefix("=") }

  private static func split(_ text: String) -> (name: String, argument: String, isMarked: Bool)? {
    let text = text.drop(while: \.isWhitespace)
    let isMarked = text.first == ":"
    let body = isMarked ? text.dropFirst() : text
    let name = body.prefix { !$0.isWhitespace }
    var argument = body.dropFirst(name.count).drop(while: \.isWhitespace)
    while argument.last?.isWhitespace == true { argument.removeLast() }
    return name.isEmpty && !isMarked ? nil : (String(name), String(argument), isMarked)
  }

  /// The part of a text that is a line of the language, if its command takes one: what stands before it, and it.
  static func line(in text: String) -> (before: String, line: String)? {
    guard text.hasPrefix(":") else { return ("", text) }
    let name = text.dropFirst().prefix { !$0.isWhitespace }
    guard let command = named(String(name)) else { return nil }
    var rest = text.dropFirst(1 + name.count)
    let space = rest.prefix(while: \.isWhitespace)
    guard !space.isEmpty else { return nil }
    rest = rest.dropFirst(space.count)
    switch command.takes {
    case .line: break
    case .lineOrFile: if rest.prefix(while: { !$0.isWhitespace }).hasSuffix(".safe") { return nil }
    case .duration:
      let interval = rest.prefix { !$0.isWhitespace }
      rest = rest.dropFirst(interval.count)
      rest = rest.drop(while: \.isWhitespace)
      guard !rest.isEmpty else { return nil }
    default: return nil
    }
    return (String(text.prefix(text.count - rest.count)), String(rest))
  }
}
