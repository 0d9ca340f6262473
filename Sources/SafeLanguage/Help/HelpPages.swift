/// Topics that no table has: how things go together.
extension HelpIndex {
  static let pages: [HelpTopic] = [
    HelpTopic(
      name: "language", kind: "page", signatures: ["help language"], summary: "the language on one page",
      text: """
        A line is a pipeline: a list, and stages that each take what the one before gives.
          members | where .status == confirmed | sort .email | take 5
        .field is a field of the current row, it the row. Text stands in quotes, an address bare.
          members | where .email ends "@acme.com" and not .twoFactorEnabled
        A name keeps a value; _ is the last one that was shown.
          let admins = members | where .type == admin
        A verb with a space and its arguments changes something.
          invite ann@acme.com type: user
          members | where .status == revoked | each { restore it }
        Types are checked before anything runs. T? may be null: ?? gives a default, ?. goes on.
          members | select short = (.name ?? "?").slice(0, 10)
        Files come in with csv, json, jsonl, yaml and lines, and go out with save.
          csv "hires.csv" as { email: Email } | each h { invite h.email type: user } | report
        """),
    HelpTopic(
      name: "writes", kind: "page", signatures: ["help writes"], summary: "what happens before and after a line that changes something",
      text: """
        One change that can be taken back is made at once, as revoke or invite; of an invitation the mail stays sent. More than one are rehearsed on a copy,
        shown, and asked for with their count. What destroys, as remove or delete, asks for the count to be typed, also for one. Enter alone, no and Ctrl-C
        change nothing.

        Each such line is a run with a journal: :runs lists them, and :undo takes the last one back that changed something. That writes as well, so it is a run,
        too, and asks by the same rule. What cannot come back it names: a member who was removed is invited anew.

        A profile with read-only: true sends nothing that changes something.
        """),
    HelpTopic(
      name: "script", kind: "page", signatures: ["help script"], summary: "lines in a file that is run as a whole",
      text: """
        A script is a file of lines, with what it may change at most on top, and with parameters. It is checked whole before anything runs.
          needs members.invite <= 50
          param file: Text
          csv file as { email: Email } | each h { invite h.email type: user } on error collect | report

        :run onboard.safe --file hires.csv runs it here, and safesh run onboard.safe --file hires.csv in the shell; safesh plan tells before what it would change.
        :save FILE makes a script of the lines that worked, :edit FILE opens one in your editor.
        """),
    HelpTopic(
      name: "null", kind: "page", signatures: ["help null"], summary: "values that may be missing",
      text: """
        A T? is a T or null. == and != take it; where a T is needed it is an error in a script and a warning
        at the prompt, where a comparison with null is false and anything else of null is null.
        """, examples: [("[1, 2].find(it > 5) ?? 0", "0")]),
    HelpTopic(
      name: "keys", kind: "page", signatures: ["help keys"], summary: "the keys of the prompt",
      text: """
        Tab            completes; again for the menu
        → at the end   takes the grey hint
        ↑ ↓            entries that begin with what stands before the cursor; rows of a long one
        Ctrl-R         searches the history
        Enter          runs a whole entry, goes on with one that is not whole
        Ctrl-C         clears the line; stops a running command, twice aborts
        Ctrl-D         leaves, on an empty line
        Ctrl-Z         to the shell, fg comes back
        The bindings are emacs' or vi's, and those of ~/.editrc.
        """),
    HelpTopic(
      name: "history", kind: "page", signatures: ["help history"], summary: "which lines are kept",
      text: """
        Entries are kept with time and outcome in a file that only you may read. A line that calls secret( ,
        holds the value of a secret that was read, or gives text to a name with password, secret or token in
        it is not kept, nor is one that begins with a space.
        """),
  ]
}

extension HelpIndex {
  /// The reference on a few screens: every table of the language with a line for each word.
  public var overview: [(title: String, lines: [(name: String, text: String)])] {
    func lines(_ kind: String) -> [(name: String, text: String)] {
      topics.filter { $0.kind == kind }.flatMap { topic in
        topic.forms.isEmpty ? [(name: topic.signatures.joined(separator: " · "), text: topic.summary)] : topic.forms
      }
    }
    let shown = [
      ("resources", "resource"), ("verbs", "verb"), ("stages", "stage"), ("statements", "statement"), ("input", "input"), ("operators", "operator"),
      ("aggregates", "aggregate"), ("functions", "function"), ("methods", "method"), ("types", "type"),
    ]
    return shown.map { (title: $0.0, lines: lines($0.1)) }
  }
}

extension HelpIndex {
  /// One of the tables of the overview: `verbs`, `stages`, `functions`.
  public func table(named name: String) -> [(name: String, text: String)]? { overview.first { $0.title == name.lowercased() }?.lines }

  /// What `help` has besides words of the language.
  public static var pageNames: [String] { pages.map(\.name) }
}
