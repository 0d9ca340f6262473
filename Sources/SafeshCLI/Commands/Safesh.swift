internal import ArgumentParser
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// A command that ends with a status of its own.
protocol SafeshCommand: ParsableCommand, Sendable {
  func run() async -> ExitStatus
}

struct Safesh: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "safesh", abstract: "The shell of SecretSafe organizations.",
    usage: """
      safesh [options]                     the prompt
      safesh [run] FILE [--name value …]   run a script
      safesh -c 'TEXT'                     run a line
      safesh plan FILE [--name value …]    tell what a script would do, without doing it
      safesh apply PLAN                    carry out a plan that was kept
      safesh resume [ID]                   go on with a run that did not finish
      safesh undo ID                       take back what a run did
      safesh runs [show | prune]           what became of the runs that write
      safesh watch FILE --every 5m         run a script over new events
      safesh check FILE…                   check scripts without running them
      safesh fmt FILE…                     lay scripts out in one form
      safesh lsp                           serve an editor
      safesh test FILE…                    run the tests of scripts
      safesh snapshot FILE                 write the organization into a file
      safesh diff FILE FILE|live           what is other in one snapshot than in another
      safesh serve --data org.db           be the server
      safesh org create --data org.db …    organizations, keys, backups
      safesh profile add NAME …            organizations on servers, by name
      safesh login | logout | doctor       sign in; tell what is wrong with the way there
      safesh help WORD                     a word of the language; 'language' for all of them
      safesh completions | manual          for the shell and for man
      """,
    discussion: """
      The organization is that of --profile or SAFESH_PROFILE, else of the default profile; SAFESH_URL, SAFESH_CLIENT_ID and \
      SAFESH_CLIENT_SECRET stand over a profile's values, and together need none. With no profile and none of them, or with \
      --sandbox FILE, it is a sandbox with a demo organization inside the process.

      Exit status: 0 done, 1 failed, 2 wrong usage or script, 3 some rows failed, 4 not signed in, 5 refused or over a cap, 130 interrupted.
      """,
    version: "safesh \(Version.current)",
    subcommands: [
      Prompt.self, Run.self, PlanCommand.self, Apply.self, Resume.self, Undo.self, RunsCommand.self, WatchCommand.self, Check.self, TestCommand.self, Fmt.self, Lsp.self,
      SnapshotCommand.self, DiffCommand.self, Serve.self, Org.self, ProfileCommand.self, Login.self, Logout.self, DoctorCommand.self,
      Completions.self, Manual.self,
    ], defaultSubcommand: Prompt.self)
}

/// How values are written.
enum OutputFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
  case table, json, jsonl, csv, yaml, md, html

  /// As files have it; nil for what is laid out for people.
  var saved: SaveFormat? { SaveFormat(rawValue: rawValue) }
}

struct GlobalOptions: ParsableArguments, Sendable {
  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  @Option(
    help: "Colour: auto, always or never. NO_COLOR turns it off, too.",
    transform: { text in
      guard let choice = ColorChoice(rawValue: text) else { throw ValidationError("'\(text)' is none of auto, always, never") }
      return choice
    })
  var color: ColorChoice = .auto

  @Option(help: ArgumentHelp("Keep the sandbox organization in this file; wins over profiles and SAFESH_*.", valueName: "file"))
  var sandbox: String?

  @Option(
    help: ArgumentHelp("Begin the sandbox with this snapshot instead of the demo organization; a --sandbox file must be new.", valueName: "file"),
    transform: { path in
      do throws(SnapshotFile.Problem) { return try SnapshotFile(path) } catch { throw ValidationError(error.lines.joined(separator: "\n")) }
    })
  var sandboxFrom: SnapshotFile?

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Show times as clocks here show them, in tables, charts, md and html.")
  var localTime = false

  @Flag(help: "Answer yes to every question.")
  var yes = false

  /// What holds where nothing was said, made without the parser.
  static var defaults: RunOptions { RunOptions(output: .table, color: .auto, sandbox: nil) }

  var run: RunOptions {
    RunOptions(output: output, color: color, sandbox: sandbox, sandboxFrom: sandboxFrom, connection: connection.choice, yes: yes, isLocalTime: localTime)
  }

  func validate() throws {
    if let sandbox, let sandboxFrom, InputFiles.exists(sandbox) {
      throw ValidationError("\(sandbox) is there already; --sandbox-from \(sandboxFrom.path) fills a new file")
    }
  }
}

/// Which organization on which server.
struct ConnectionOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("The profile to use, or 'sandbox'; wins over SAFESH_PROFILE and the default.", valueName: "name"))
  var profile: String?

  @Option(help: ArgumentHelp("Trust the authorities in this PEM file, too; wins over SAFESH_CACERT and the profile.", valueName: "file"))
  var cacert: String?

  var choice: Connection.Choice { Connection.Choice(profile: profile, cacert: cacert) }
}

/// The options of a run as plain values.
struct RunOptions: Sendable {
  var output: OutputFormat
  var color: ColorChoice
  var sandbox: String?
  /// What the sandbox begins with.
  var sandboxFrom: SnapshotFile?
  var connection = Connection.Choice()
  /// Every question is answered with yes.
  var yes = false
  /// Times are shown in the zone of this machine.
  var isLocalTime = false
  var guards = RunGuardOptions.Choices()
  var mode = RunRecord.Mode.planned
}

struct Run: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a script.",
    discussion: "What follows the file and is no option of safesh is an option of the script: --max-n for the parameter max_n. 'safesh FILE --help' tells them.")

  @OptionGroup var options: GlobalOptions

  @OptionGroup(title: "Options of a run") var guards: RunGuardOptions

  @Flag(help: "Send the calls as they are written, without a rehearsal and its question.")
  var direct = false

  @Flag(help: "Merge no requests, so that the event log has every kind as often as the script says.")
  var exactEvents = false

  @Option(name: .customShort("c"), help: ArgumentHelp("Run this text instead of a file.", valueName: "text"))
  var text: String?

  func validate() throws {
    if direct, exactEvents { throw ValidationError("--direct merges nothing anyway; leave --exact-events out") }
  }

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The script (- for standard input) and its own options.", valueName: "file"))
  var arguments: [String] = []

  func run() async -> ExitStatus {
    var options = options.run
    options.guards = guards.choices
    // Where the first rows go alone nothing of others may be sent with them.
    options.mode = direct ? .direct : exactEvents || guards.canary != nil ? .unmerged : .planned
    if let text { return await ScriptRun(options: options, source: .text(text), arguments: arguments).run() }
    guard let file = arguments.first, file != "--" else {
      Terminal.write("safesh: no script given; try 'safesh run FILE' or 'safesh --help'\n", to: 2)
      return .usage
    }
    if file.hasPrefix("-"), file != "-" {
      Terminal.write("safesh: unknown option '\(file)'; the script's own options follow the file\n", to: 2)
      return .usage
    }
    if !file.contains("."), !file.contains("/"), file != "-", !InputFiles.exists(file) {
      Terminal.write("safesh: there is no command and no file '\(file)'; 'safesh --help' lists the commands\n", to: 2)
      return .usage
    }
    return await ScriptRun(options: options, source: .file(file), arguments: Array(arguments.dropFirst())).run()
  }
}

struct Check: SafeshCommand {
  static let configuration = CommandConfiguration(abstract: "Check scripts: every name and type, without a request.")

  @OptionGroup var options: GlobalOptions

  @Flag(help: "With --output json: a line for each script with what it will ask for, in place of what is wrong.")
  var estimate = false

  @Argument(help: ArgumentHelp("The scripts.", valueName: "file"))
  var files: [String]

  func run() async -> ExitStatus { ScriptCheck(options: options.run, givesEstimates: estimate).check(files) }
}

struct Prompt: SafeshCommand {
  static let configuration = CommandConfiguration(abstract: "The prompt (the default).")

  @OptionGroup var options: GlobalOptions

  func run() async -> ExitStatus { await PromptRun(options: options.run).run() }
}
