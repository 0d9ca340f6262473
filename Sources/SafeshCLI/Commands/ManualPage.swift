internal import ArgumentParser
internal import Foundation
internal import SecretSafeAPI

/// The tree of commands as a page for man, in the language of troff.
struct ManualPage {
  /// A command as the parser tells of it.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable {
        var kind: String
        var name: String
        var text: String { kind == "long" ? "--\(name)" : "-\(name)" }
      }
      var kind: String
      var names: [Name]?
      var valueName: String?
      var abstract: String?
      var defaultValue: String?
      var isOptional: Bool?
      var isRepeating: Bool?
      var shouldDisplay: Bool?
    }
    var commandName: String
    var abstract: String?
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Tree: Decodable { var command: Command }

  private let root: Command

  /// The page of `safesh`; nil if the parser tells its tree in a form that is not known.
  static var ofCommand: String? {
    let text: String
    do {
      _ = try Safesh.parseAsRoot(["--experimental-dump-help"])
      return nil
    } catch { text = Safesh.fullMessage(for: error) }
    guard let tree = try? JSONDecoder().decode(Tree.self, from: Data(text.utf8)) else { return nil }
    return ManualPage(root: tree.command).text
  }

  private var text: String {
    var lines = [
      ".TH SAFESH 1 \"\" \"safesh \(Version.current)\"", ".SH NAME", "safesh \\- \(Self.escaped(Self.lowercased(root.abstract ?? "")))", ".SH SYNOPSIS", ".nf",
    ]
    lines += Safesh.configuration.usage.map { $0.split(separator: "\n").map { Self.line(String($0)) } } ?? []
    lines += [".fi", ".SH DESCRIPTION"] + Self.paragraphs(root.discussion ?? "") + [".SH COMMANDS"]
    for command in shown(root) { lines += section(command, path: []) }
    lines += [
      ".SH FILES", ".TP", "$XDG_CONFIG_HOME/safesh/config.yaml", "profiles", ".TP", "$XDG_STATE_HOME/safesh/history", "lines of the prompt", ".TP",
      "$XDG_STATE_HOME/safesh/runs", "runs of scripts and lines that change something",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func shown(_ command: Command) -> [Command] { (command.subcommands ?? []).filter { $0.commandName != "help" } }

  private func section(_ command: Command, path: [String]) -> [String] {
    let path = path + [command.commandName]
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay != false && $0.names?.contains { $0.name == "help" || $0.name == "version" } != true }
    let positional = arguments.filter { $0.kind == "positional" }.map { argument in
      let name = "<\(argument.valueName ?? "")>" + (argument.isRepeating == true ? " ..." : "")
      return argument.isOptional == true ? "[\(name)]" : name
    }
    var lines = [".SS \(Self.escaped((["safesh"] + path + positional).joined(separator: " ")))"] + Self.paragraphs(command.abstract ?? "")
    if let discussion = command.discussion, !discussion.isEmpty { lines += [".PP"] + Self.paragraphs(discussion) }
    for argument in arguments {
      let names = argument.kind == "positional" ? "<\(argument.valueName ?? "")>" : (argument.names ?? []).map(\.text).joined(separator: ", ")
      let value = argument.kind == "option" ? " <\(argument.valueName ?? "")>" : ""
      let usual = argument.defaultValue.map { " (default: \($0))" } ?? ""
      lines += [".TP", "\\fB\(Self.escaped(names))\\fR\(Self.escaped(value))", Self.line((argument.abstract ?? "") + usual)]
    }
    return lines + shown(command).flatMap { section($0, path: path) }
  }

  // MARK: troff

  private static func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap {
      $0.isEmpty ? [".PP"] : $0.hasPrefix("safesh ") ? [".br", line(String($0))] : [line(String($0))]
    }
  }

  /// A line of text: a dot or quote at its beginning would be a request.
  private static func line(_ text: String) -> String {
    let text = escaped(text)
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }

  private static func escaped(_ text: String) -> String { text.replacing("\\", with: "\\e").replacing("-", with: "\\-") }

  private static func lowercased(_ text: String) -> String {
    var text = text
    if text.hasSuffix(".") { text.removeLast() }
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
