internal import ArgumentParser
internal import SafeTerminal

/// How the results of tests are written.
enum TestFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
  case text, json, junit

  func report(_ console: Console, verbose: Bool) -> TestReport {
    switch self {
    case .text: .text(console, verbose: verbose)
    case .json: .json(console)
    case .junit: .junit(console)
    }
  }
}

/// The options of `safesh test` as plain values.
struct TestOptions: Sendable {
  var files: [String]
  var filter: String?
  var output = TestFormat.text
  var color = ColorChoice.auto
  var isVerbose = false
}

struct TestCommand: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the tests of scripts, each in an organization of its own inside the process.",
    discussion: """
      A test is written as: test "title" { … }, or as: test "title" with "org.json" { … } to begin with a snapshot, whose path is from the \
      script's folder. Without one the organization is empty.

      Exit status: 0 all passed, 1 some failed, 2 a script or snapshot is wrong, or there is no test; 130 interrupted.
      """)

  @Option(help: ArgumentHelp("Only tests with this text in their title, in any case.", valueName: "text"))
  var filter: String?

  @Option(name: .shortAndLong, help: "How results are written: text, json or junit.")
  var output: TestFormat = .text

  @Option(
    help: "Colour: auto, always or never. NO_COLOR turns it off, too.",
    transform: { text in
      guard let choice = ColorChoice(rawValue: text) else { throw ValidationError("'\(text)' is none of auto, always, never") }
      return choice
    })
  var color: ColorChoice = .auto

  @Flag(name: .shortAndLong, help: "Show what tests put out also when they pass.")
  var verbose = false

  @Argument(help: ArgumentHelp("The scripts.", valueName: "file"))
  var files: [String]

  func run() async -> ExitStatus {
    await TestRun(options: TestOptions(files: files, filter: filter, output: output, color: color, isVerbose: verbose)).run()
  }
}
