internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal

/// `safesh completions SHELL`: what a shell reads to complete our commands and options.
struct Completions: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write what a shell needs to complete commands and options: bash, zsh or fish.",
    discussion: """
      safesh completions bash > ~/.local/share/bash-completion/completions/safesh
      safesh completions zsh > ~/.zfunc/_safesh
      safesh completions fish > ~/.config/fish/completions/safesh.fish
      """)

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  @Argument(help: "The shell: bash, zsh or fish.")
  var shell: Shell

  func run() async -> ExitStatus {
    let known: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    StandardOutput.write(Safesh.completionScript(for: known))
    return .done
  }
}

/// `safesh manual`: the page for `man`, made from the tree of commands.
struct Manual: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the page for man.", discussion: "safesh manual > ~/.local/share/man/man1/safesh.1")

  func run() async -> ExitStatus {
    guard let page = ManualPage.ofCommand else {
      Terminal.write("safesh: the tree of commands cannot be read\n", to: STDERR_FILENO)
      return .failed
    }
    StandardOutput.write(page)
    return .done
  }
}

/// `safesh help WORD` for words of the language, and `safesh help language` for all of it.
enum LanguageHelp {
  /// Nil where the words ask for the help of a command.
  static func answer(_ arguments: [String]) -> ExitStatus? {
    guard arguments.count == 2, arguments[0] == "help", !CommandLineShape.commands.contains(arguments[1]), !arguments[1].hasPrefix("-") else { return nil }
    let color = ColorChoice.auto.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
    let text = HelpText(HelpIndex(SecretSafeSchema.schema), color: color, columns: Terminal.size(STDOUT_FILENO).columns)
    guard let page = arguments[1] == "language" ? text.overview : text.page(of: arguments[1]) else {
      Terminal.write("safesh: \(text.nothing(about: arguments[1], list: "'safesh help language' lists what there is"))\n", to: STDERR_FILENO)
      return .usage
    }
    StandardOutput.write(page)
    return .done
  }
}
