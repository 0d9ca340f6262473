/// Ten steps through the sandbox: each says something and shows a line to try. It is told what was entered.
struct Tour {
  struct Step: Sendable {
    let title: String
    let text: String
    /// What to type; the hint shows it.
    let line: String
    /// Words that an entry has which does as the step says, with the signs that belong to them.
    let words: [String]

    /// Whether an entry does as the step says; one that asks for help does not.
    func isDone(by text: String) -> Bool {
      let isCommand = text.hasPrefix(":") || text.hasPrefix("help ")
      return isCommand == line.hasPrefix(":") && words.allSatisfy { Self.has($0, text) }
    }

    private static func has(_ word: String, _ text: String) -> Bool {
      func isLetter(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
      return text.ranges(of: word).contains { range in
        let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
        let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
        return !(isLetter(word.first) && isLetter(before)) && !(isLetter(word.last) && isLetter(after))
      }
    }
  }

  private(set) var place = 0

  /// The line of this step.
  var line: String? { isOver ? nil : Self.steps[place].line }
  var isOver: Bool { place >= Self.steps.count }

  /// The step as it is shown, in lines.
  var lines: [String] {
    guard !isOver else { return Self.end }
    let step = Self.steps[place]
    return ["\(place + 1)/\(Self.steps.count) \(step.title)", step.text, "  \(step.line)"]
  }

  /// True if the entry, which went well, did what the step says, and the next one is to be shown.
  mutating func entered(_ text: String) -> Bool {
    guard !isOver, Self.steps[place].isDone(by: text) else { return false }
    place += 1
    return true
  }

  mutating func skip() { if !isOver { place += 1 } }

  static let steps: [Step] = [
    Step(
      title: "Look", text: "A list, and a stage behind |. Type it, or take the grey hint with →; Tab completes at every place.", line: "members | take 5",
      words: ["members", "take"]),
    Step(
      title: "Choose", text: ".field is a field of the row. The right side tells how many there are while you type.",
      line: "members | where .status == confirmed and not .twoFactorEnabled", words: ["members", "where"]),
    Step(
      title: "Columns and order", text: "select makes rows of these columns, sort orders them, - the other way round.",
      line: "members | select .email, .status | sort -.email | take 10", words: ["select", "sort"]),
    Step(title: "Count", text: "summarize makes a row for each group.", line: "members | summarize n = count() by .status | sort -.n", words: ["members", "summarize"]),
    Step(
      title: "From one thing to another", text: "A group by its name, and who is in it. :fields groups tells what else a group has.",
      line: #"groups["Engineering"].members | select .email"#, words: ["groups[", "].members"]),
    Step(
      title: "A name for a result", text: "let keeps a value under a name; _ is what was shown last.", line: "let admins = members | where .type == admin", words: ["let"]
    ),
    Step(
      title: "What happened", text: "Events are asked for with a time. A word that means nothing is underlined as you type.",
      line: "events since: 30d | summarize n = count() by .type | sort -.n", words: ["events", "summarize"]),
    Step(
      title: "Change one thing", text: "One change that can be undone is made at once. help invite tells all about it.", line: "invite tour@example.com type: user",
      words: ["invite"]),
    Step(
      title: "Change many", text: "More than one are tried on a copy first, shown, and asked for with a count. Answer y, or Enter for no.",
      line: "members | where .status == confirmed and .type == user | take 3 | each { revoke it }", words: ["each"]),
    Step(title: "Take it back", text: "Each change is a run with a journal: :runs lists them, and :undo writes back what was there.", line: ":undo", words: [":undo"]),
  ]

  private static let end = [
    "That was the tour. :save FILE writes what worked as a script, which 'safesh run FILE' rehearses and runs anywhere.",
    ":help lists all commands, help language has the language on a few screens.",
  ]
}
