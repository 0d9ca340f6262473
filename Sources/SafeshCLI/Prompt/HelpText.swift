internal import SafeLanguage
internal import SafeTerminal

/// Topics of help as text for a terminal.
struct HelpText {
  private let index: HelpIndex
  private let color: Bool
  private let columns: Int

  init(_ index: HelpIndex, color: Bool, columns: Int) { (self.index, self.color, self.columns) = (index, color, min(columns, Self.widest)) }

  /// The same where it is kept as lines to be shown later.
  var withoutColor: HelpText { HelpText(index, color: false, columns: columns) }

  /// Longer lines are hard to read.
  private static let widest = 110

  /// What `:help` alone says: first what everybody needs, for a small screen ends early.
  var start: String {
    let examples = [
      ("members | take 5", "the first five members"), ("members | where not .twoFactorEnabled", "some of them"),
      (#"groups["Engineering"].members | select .email"#, "who is in a group"), ("members | summarize n = count() by .status", "counts"),
      ("events since: 24h | summarize n = count() by .type", "what happened"), ("let admins = members | where .type == admin", "a name for what it gives"),
      ("invite ann@acme.com type: user", "changes; :undo takes back"),
    ]
    let words = "Every word of the language has its help: help invite, help where, help E202."
    let lists = "Lists of all words: \(index.overview.map(\.title).joined(separator: ", ")). Pages: \(HelpIndex.pageNames.joined(separator: ", "))."
    let commands = "Commands, of which help commands tells: " + PromptCommand.all.map { ":\($0.name)" }.joined(separator: " ")
    return wrapped("Tab completes · Ctrl-R searches · Ctrl-C clears · :quit or Ctrl-D leaves", indent: 0)
      + [words, lists, commands].map { wrapped($0, indent: 0) }.joined() + "\n" + lines(examples, style: .plain, leastText: 26)
  }

  /// All commands of the prompt.
  private var commands: String { lines(PromptCommand.all.map { ($0.form, $0.summary) }, style: .plain) }

  func nothing(about topic: String, list: String = ":help lists what there is") -> String {
    "there is no topic '\(topic)'" + (index.nearest(to: topic).map { ", did you mean '\($0)'?" } ?? "; \(list)")
  }

  /// Everything under a name; nil if there is nothing.
  func page(of name: String) -> String? {
    if name.lowercased() == "commands" { return commands }
    if let table = index.table(named: name) { return lines(table, style: .plain) }
    let topics = index.topics(named: name)
    if topics.isEmpty { return nil }
    return topics.map(page).joined(separator: "\n")
  }

  private func page(_ topic: HelpTopic) -> String {
    var text = topic.signatures.map { Style.bold.applied(to: $0, color: color) + "\n" }.joined()
    text += wrapped(topic.kind == "page" ? topic.summary : "\(topic.kind): \(topic.summary)", indent: 2)
    let width = topic.facts.map(\.label.count).max() ?? 0
    for (label, fact) in topic.facts {
      text += "  " + Style.dim.applied(to: label.padded(to: width + 2), color: color) + fact + "\n"
    }
    if !topic.text.isEmpty {
      let isProse = ["page", "error"].contains(topic.kind)
      let lines = topic.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      text += (isProse ? Self.paragraphs(lines) : lines).map { $0.isEmpty ? "\n" : wrapped($0, indent: 2) }.joined()
    }
    for (code, result) in topic.examples {
      let lines = code.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
      text +=
        Style.name.applied(to: lines, color: color) + (result.isEmpty ? "" : Style.dim.applied(to: "    # => \(result.replacing("\n", with: " "))", color: color)) + "\n"
    }
    return text
  }

  /// Lines that a source breaks by hand as one each; what is indented or set in columns stays as it is.
  private static func paragraphs(_ lines: [String]) -> [String] {
    func stands(_ line: String) -> Bool { line.isEmpty || line.contains("  ") }
    return lines.reduce(into: []) { paragraphs, line in
      if let last = paragraphs.last, !stands(last), !stands(line) {
        paragraphs[paragraphs.count - 1] = last + " " + line
      } else {
        paragraphs.append(line)
      }
    }
  }

  /// The language on a few screens.
  var overview: String {
    var text = (page(of: "language") ?? "")
    for (title, lines) in index.overview { text += "\n" + Style.bold.applied(to: title, color: color) + "\n" + self.lines(lines, style: .plain) }
    return text
  }

  private func lines(_ lines: [(name: String, text: String)], style: Style, leastText: Int = Self.leastText) -> String {
    let width = min(lines.map { DisplayWidth.of($0.name) }.max() ?? 0, Self.widestName, max(Self.leastName, columns - leastText - Self.between))
    return lines.map { name, text in
      let isLong = DisplayWidth.of(name) > width
      let head = "  " + style.applied(to: isLong ? name : name.padded(to: width), color: color)
      let rest = wrapped(text, indent: width + Self.between)
      return head + (isLong ? "\n" + rest : "  " + String(rest.dropFirst(width + Self.between)))
    }.joined()
  }

  private static let widestName = 62
  private static let leastName = 16
  /// Explanations that are narrower are a column of words.
  private static let leastText = 42
  /// Blanks before and behind a name.
  private static let between = 4

  /// Text with line ends where words do not fit; what is indented stays as it is.
  private func wrapped(_ text: String, indent: Int) -> String {
    let pad = String(repeating: " ", count: indent)
    if text.hasPrefix("  ") { return pad + text + "\n" }
    return RecordText.wrapped(text, max(1, columns - indent)).map { pad + $0 + "\n" }.joined()
  }

  // MARK: errors

  /// The topic that says more about an error: the verb or stage that it is about, or its code.
  static func topic(of diagnostic: Diagnostic, in source: SourceFile, _ index: HelpIndex) -> String {
    switch diagnostic.code {
    case .missingArgument, .unknownArgument:
      let before = String(decoding: source.bytes.prefix(diagnostic.span.end), as: UTF8.self)
      let words = before.split { !$0.isLetter && $0 != "_" }
      if let name = words.last(where: { index.topics(named: String($0)).contains { ["verb", "function", "method", "stage", "input"].contains($0.kind) } }) {
        return String(name)
      }
    default: break
    }
    return diagnostic.code.rawValue
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - DisplayWidth.of(self))) }
}
