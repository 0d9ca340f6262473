import Foundation
import Testing

/// `docs/gallery.md`: each script is the one in `scripts/examples`, has at most 15 lines, and prints what the page says.
struct GalleryTests {
  struct Entry: Sendable, CustomTestStringConvertible {
    var script: String
    var text: String
    var commands: [(line: String, shown: [String])]
    /// Days and counts in it hang on the day; then only what does not is compared.
    var varies: Bool

    var testDescription: String { script }
  }

  static let entries: [Entry] = {
    let page = (try? String(contentsOf: Command.root.appendingPathComponent("docs/gallery.md"), encoding: .utf8)) ?? ""
    return page.components(separatedBy: "\n### ").dropFirst().compactMap { section in
      let parts = section.components(separatedBy: "```")
      guard parts.count >= 4, let name = section.components(separatedBy: "`").dropFirst().first else { return nil }
      var commands: [(line: String, shown: [String])] = []
      let console = parts[3].components(separatedBy: "\n")
      for line in console.dropFirst().dropLast() {
        if line.hasPrefix("$ ") { commands.append((String(line.dropFirst(2)), [])) } else { commands[commands.count - 1].shown.append(line) }
      }
      let text = parts[1].components(separatedBy: "\n").dropFirst().joined(separator: "\n")
      return Entry(script: name, text: text, commands: commands, varies: console.first?.hasSuffix("varies") == true)
    }
  }()

  @Test func everyScriptIsThere() throws {
    #expect(Self.entries.count >= 18)
    let files = try FileManager.default.contentsOfDirectory(atPath: Command.examples.path).filter { $0.hasSuffix(".safe") }
    let elsewhere: Set<String> = ["onboard.safe", "audit.safe", "guests.safe"]
    #expect(Set(Self.entries.map(\.script)) == Set(files).subtracting(elsewhere))
  }

  @Test(arguments: entries)
  func printsWhatThePageSays(_ entry: Entry) throws {
    let source = try String(contentsOf: Command.examples.appendingPathComponent(entry.script), encoding: .utf8)
    #expect(source == entry.text)
    #expect(source.components(separatedBy: "\n").filter { !$0.isEmpty && !$0.hasPrefix("#") }.count <= 15)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.copyItem(at: Command.examples, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    if entry.script == "carry-in.safe" {
      try Data(
        """
        {"email":"ann@other.example","type":"user","externalId":null,"groups":["Engineering","Pilots"]}
        {"email":"alice@acme.com","type":"owner","externalId":"hr-1001","groups":[]}

        """.utf8
      ).write(to: folder.appendingPathComponent("people.jsonl"))
    }
    for (line, shown) in entry.commands {
      let lines = try run(line, in: folder)
      if entry.varies {
        // The first line is a head, a count or an address, and the status is the same.
        #expect(lines.last?.hasPrefix("(status") == shown.last?.hasPrefix("(status"), "\(line)\n\(lines)")
        #expect(lines.isEmpty == shown.isEmpty, "\(line)\n\(lines)")
        if lines.count > 1, shown.count > 1, shown[1].hasPrefix("─") { #expect(words(lines[0]) == words(shown[0])) }
        if line.contains(".safe"), let calls = shown.first(where: { $0.hasPrefix("calls") }), !line.contains("inactive") { #expect(lines.contains(calls)) }
      } else if shown.last == "…" {
        #expect(Array(lines.prefix(shown.count - 1)) == Array(shown.dropLast()), "\(line)")
      } else {
        #expect(lines == shown, "\(line)")
      }
    }
  }

  private func words(_ line: String) -> [Substring] { line.split(separator: " ") }

  /// Standard output, then what was said beside it, the target's name aside.
  private func run(_ line: String, in folder: URL) throws -> [String] {
    let shell = try Command.run(
      ["-c", line.hasPrefix("safesh ") ? "\"$SAFESH\" run --direct --sandbox acme.db \(line.dropFirst(7))" : line],
      environment: ["SAFESH": Command.safesh, "NO_COLOR": "1"], in: folder, executable: "/bin/sh")
    let said = shell.messages.components(separatedBy: "\n").filter { !$0.hasPrefix("target: ") }.joined(separator: "\n")
    let text = shell.output + said + (shell.status == 0 ? "" : "(status \(shell.status))\n")
    if text.isEmpty { return [] }
    return text.hasSuffix("\n") ? Array(text.components(separatedBy: "\n").dropLast()) : text.components(separatedBy: "\n")
  }
}
