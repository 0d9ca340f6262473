import Foundation
import Testing

@testable import SafeshCLI

/// `docs/profiles.md` says what there is.
struct ProfilePageTests {
  private static let page = (try? String(contentsOf: Command.root.appendingPathComponent("docs/profiles.md"), encoding: .utf8)) ?? ""

  /// The words in the first column of a table that begins with a heading.
  private static func column(_ heading: String) -> [String] {
    let lines = page.components(separatedBy: "\n")
    guard let start = lines.firstIndex(where: { $0.hasPrefix("| \(heading) |") }) else { return [] }
    return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.flatMap { line in
      line.split(separator: "|")[0].split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
    }
  }

  @Test func theFileIsOne() throws {
    let parts = Self.page.components(separatedBy: "```yaml\n")
    try #require(parts.count == 2)
    let text = parts[1].components(separatedBy: "```")[0]
    let home = try Home()
    try FileManager.default.createDirectory(at: home.config.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: home.config)
    let list = try home.run("profile", "list")
    #expect(list.status == 0, "\(list.messages)")
    #expect(list.output.contains("*        acme"))
    for key in Self.column("key") { #expect(text.contains("    \(key): "), "\(key)") }
  }

  @Test func keysAndStepsAreAllThere() throws {
    let help = try Command.run(["profile", "add", "--help"]).output
    let options = help.matches(of: /--([a-z-]+)/).map { String($0.1) }
    #expect(Set(Self.column("key")) == Set(options).subtracting(["replace", "help", "version"]), "\(options)")
    #expect(Self.column("step") == Finding.Step.allCases.map(\.rawValue))
  }

  @Test func theCommandsAreAllThere() throws {
    for command in Self.column("command") {
      let words = command.split(separator: " ").dropFirst().prefix { $0.allSatisfy(\.isLowercase) }.map(String.init)
      let help = try Command.run(words + ["--help"])
      #expect(help.status == 0 && help.output.contains("USAGE: safesh \(words.joined(separator: " "))"), "\(command)")
    }
    let help = try Command.run(["profile", "--help"]).output
    for name in ["add", "list", "show", "use", "remove"] {
      #expect(help.contains("\n  \(name) "))
      #expect(Self.column("command").contains { $0.hasPrefix("safesh profile \(name)") })
    }
  }
}
