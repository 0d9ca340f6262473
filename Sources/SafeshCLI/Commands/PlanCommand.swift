internal import ArgumentParser
internal import SafeTerminal

/// `safesh plan`: what a script would do, shown without doing it.
struct PlanCommand: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Tell what a script would do to the organization, without doing it.",
    discussion: """
      The script runs on a twin: a server inside the process with what the script can reach. The organization itself is only read. What would \
      be other afterwards is shown with counts, requests, the time that the server's limits take, what cannot be undone, and warnings. What the \
      script prints and saves stays in the plan (docs/plan.md).

      What follows the file and is no option of safesh is an option of the script.

      Exit status: 0 with or without changes, 1 the script would fail or the organization cannot be read, 2 wrong usage or script, 3 rows would \
      fail, 4 not signed in, 5 over a cap, 130 interrupted.
      """)

  @OptionGroup var options: GlobalOptions

  @Option(help: ArgumentHelp("Keep the plan in this file, for yourself alone: script, inputs, and all that would change.", valueName: "file"))
  var out: String?

  @Option(name: .customShort("c"), help: ArgumentHelp("Plan this text instead of a file.", valueName: "text"))
  var text: String?

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The script (- for standard input) and its own options.", valueName: "file"))
  var arguments: [String] = []

  func validate() throws {
    guard options.output == .table || options.output == .json else {
      throw ValidationError("a plan is written as table (text for people) or json, not as \(options.output)")
    }
  }

  func run() async -> ExitStatus {
    if let text { return await PlanRun(options: options.run, source: .text(text), arguments: arguments, out: out).run() }
    guard let file = arguments.first, file != "--" else {
      Terminal.write("safesh: no script given; try 'safesh plan FILE'\n", to: 2)
      return .usage
    }
    if file.hasPrefix("-"), file != "-" {
      Terminal.write("safesh: unknown option '\(file)'; the script's own options follow the file\n", to: 2)
      return .usage
    }
    return await PlanRun(options: options.run, source: .file(file), arguments: Array(arguments.dropFirst()), out: out).run()
  }
}
