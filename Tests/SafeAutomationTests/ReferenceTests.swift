import Foundation
import SafeLanguage
import SecretSafeAPI
import Testing

@testable import SafeAutomation

/// The tables of `docs/language.md` that say what the schema has. `SAFESH_WRITE_REFERENCE=1` in the environment writes them anew.
struct ReferenceTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("docs/language.md")

  @Test(arguments: ["resources", "verbs", "enumerations", "settings"])
  func theTablesAreThoseOfTheSchema(_ name: String) throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- schema: \(name) -->\n")).upperBound
    let end = try #require(text.range(of: "<!-- end -->", range: start..<text.endIndex)).lowerBound
    let lines = Self.lines(name)
    if ProcessInfo.processInfo.environment["SAFESH_WRITE_REFERENCE"] == "1" {
      try text.replacingCharacters(in: start..<end, with: lines.map { $0 + "\n" }.joined()).write(to: Self.page, atomically: true, encoding: .utf8)
      return
    }
    #expect(text[start..<end].split(separator: "\n").map(String.init) == lines)
  }

  private static func lines(_ name: String) -> [String] {
    let schema = SecretSafeSchema.schema
    switch name {
    case "resources":
      return ["| of | written | fields | relations |", "| --- | --- | --- | --- |"]
        + schema.resources.map { resource in
          let relations = resource.relations.map { "`\($0.name)`" + ($0.fields.isEmpty ? "" : " with `.\($0.fields[0].name)`") + ($0.isOne ? "?" : "") }
          return "| \(resource.name) | \(written(resource)) | `\(resource.row.fields.map(\.name).joined(separator: " "))` | \(relations.joined(separator: ", ")) |"
        }
    case "verbs":
      return ["| verb | capability | does |", "| --- | --- | --- |"] + schema.verbs.map { "| `\($0.signature)` | `\($0.capability)` | \($0.summary) |" }
    case "enumerations":
      return schema.enumerations.flatMap { wrapped("- `\($0.name)`: `", $0.cases.map(\.name)) }
    default:
      return PolicySettings.byType.flatMap { type, fields in wrapped("- `\(type)`: `", fields.map { "\($0.name): \($0.type.required)" }, separator: ", ") }
    }
  }

  private static func written(_ resource: ResourceType) -> String {
    if !resource.filters.isEmpty { return "`\(resource.signature)`" }
    let keys = resource.keys.map { $0 == "type" ? "requireSso" : $0 == "email" ? "ann@acme.com" : "\"\($0)\"" }
    return (["`\(resource.plural)`"] + keys.map { "`\(resource.plural)[\($0)]`" }).joined(separator: ", ")
  }

  /// Words in one code span, in lines that a page of text has.
  private static func wrapped(_ start: String, _ words: [String], separator: String = " ") -> [String] {
    var lines: [String] = []
    var line = start
    for (index, word) in words.enumerated() {
      let part = index == words.count - 1 ? word + "`" : word + separator
      if line.count + part.count > 150 {
        lines.append(String(line.reversed().drop { $0 == " " }.reversed()))
        line = "  "
      }
      line += part
    }
    return lines + [line]
  }
}
