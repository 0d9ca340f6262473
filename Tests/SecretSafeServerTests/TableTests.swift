import Foundation
import SecretSafeAPI
import Testing

/// Keeps `docs/api.md` true.
@Suite struct TableTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func page() throws -> String {
    try String(contentsOf: root.appendingPathComponent("docs/api.md"), encoding: .utf8)
  }

  @Test func everyEndpointHasARowWithATest() throws {
    let rows = try Self.page().split(separator: "\n")
    for endpoint in Endpoint.all {
      let row = rows.filter { $0.hasPrefix("| `\(endpoint.method.rawValue) \(endpoint.path)` |") }
      #expect(row.count == 1, "\(endpoint.name) has \(row.count) rows")
      #expect(row.first?.contains(#/`\w+Tests\.\w+`/#) == true, "\(endpoint.name) names no test")
    }
  }

  @Test func everyTestThatIsNamedExists() throws {
    var tests: Set<String> = []
    let folder = Self.root.appendingPathComponent("Tests")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    for file in files where file.pathExtension == "swift" {
      var suite = ""
      for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        if let match = line.firstMatch(of: #/^(?:@Suite(?:\(.*?\))? )?struct (\w+)/#) { suite = String(match.1) }
        if let match = line.firstMatch(of: #/func (\w+)\(/#) { tests.insert("\(suite).\(match.1)") }
      }
    }
    for match in try Self.page().matches(of: #/`(\w+Tests\.\w+)`/#) {
      let exists = tests.contains(String(match.1))
      #expect(exists, "there is no \(match.1)")
    }
  }
}
