internal import ArgumentParser
internal import Foundation
internal import SafeTerminal
internal import SecretSafeAPI

/// Where the command begins. `--version`, `-c` and the prompt are answered before ArgumentParser, which takes several times as long to start.
public enum EntryPoint {
  public static func main(_ arguments: [String]) -> Never {
    signal(SIGPIPE, SIG_IGN)
    if arguments == ["--version"] {
      StandardOutput.write("safesh \(Version.current)\n")
      exit(StandardOutput.settled(.done).rawValue)
    }
    if arguments.count == 2, arguments[0] == "-c" {
      end { await ScriptRun(options: GlobalOptions.defaults, source: .text(arguments[1]), arguments: []).run() }
    }
    if arguments.isEmpty { end { await Task.detached { await PromptRun(options: GlobalOptions.defaults).run() }.value } }
    end { await Task.detached { await parsed(arguments) }.value }
  }

  private static func end(_ body: @escaping @Sendable () async -> ExitStatus) -> Never {
    exit(StandardOutput.settled(MainThread().run(body)).rawValue)
  }

  private static func parsed(_ arguments: [String]) async -> ExitStatus {
    if let status = LanguageHelp.answer(arguments) { return status }
    do {
      let arguments = CommandLineShape.normalized(arguments)
      if let file = CommandLineShape.scriptAskedForHelp(arguments) {
        return ScriptRun(options: GlobalOptions.defaults, source: .file(file), arguments: []).help()
      }
      var command = try Safesh.parseAsRoot(arguments)
      if let command = command as? any SafeshCommand { return await command.run() }
      try command.run()
      return .done
    } catch {
      let status = Safesh.exitCode(for: error)
      let text = Safesh.fullMessage(for: error)
      if status.isSuccess {
        if !text.isEmpty { StandardOutput.write(text + "\n") }
        return .done
      }
      if !text.isEmpty { Terminal.write(text + "\n", to: STDERR_FILENO) }
      return .usage
    }
  }
}

/// What the process ends with (design, section 4).
enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  /// Wrong usage, or a script that is wrong.
  case usage = 2
  /// Some rows failed, or nobody knows what became of them.
  case rowsFailed = 3
  case notAuthenticated = 4
  case refused = 5
  case interrupted = 130
}

/// The short forms `safesh FILE …` and `safesh -c TEXT` as the command `run`.
enum CommandLineShape {
  private static let valued = RunGuardOptions.valued.union(["--output", "--color", "--sandbox", "--sandbox-from", "--profile", "--cacert", "-o", "--out"])
  static let commands: Set<String> = [
    "run", "check", "test", "fmt", "lsp", "plan", "apply", "resume", "undo", "runs", "watch", "snapshot", "diff", "serve", "org", "profile", "login", "logout", "doctor",
    "help", "prompt", "completions", "manual",
  ]

  /// The file of `run FILE … --help` or `plan FILE … --help`: what is asked is the script's help, not the command's.
  static func scriptAskedForHelp(_ arguments: [String]) -> String? {
    guard arguments.first == "run" || arguments.first == "plan" else { return nil }
    var index = 1
    while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "-" {
      if arguments[index] == "--" || arguments[index] == "-c" { return nil }
      index += valued.contains(arguments[index]) ? 2 : 1
    }
    guard index < arguments.count else { return nil }
    let rest = arguments[(index + 1)...].prefix { $0 != "--" }
    return rest.contains("--help") || rest.contains("-h") ? arguments[index] : nil
  }

  static func normalized(_ arguments: [String]) -> [String] {
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      if argument == "-c" { return ["run"] + arguments }
      if !argument.hasPrefix("-") || argument == "-" { return commands.contains(argument) ? arguments : ["run"] + arguments }
      if argument == "--" { return ["run"] + arguments }
      index += valued.contains(argument) ? 2 : 1
    }
    return arguments
  }
}
