import SafeLanguage
import Testing

/// An expression means the same whichever way it is worked out: over constants, over fields of rows, in a predicate or a block, in a
/// definition, with what does not depend on the row worked out before.
struct EquivalenceTests {
  /// Values by type, as they are written.
  static let values: [(type: String, texts: [String])] = [
    ("Int", ["-1", "9223372036854775807"]), ("Float", ["0.0", "-1.0"]),
    ("Text", ["\"A@b.c\"", "\"é\""]), ("Email", ["a@b.c", "A@b.c"]), ("Bool", ["true", "false"]),
    ("Date", ["2026-01-01", "2026-01-02"]), ("Time", ["2026-01-01T00:00:00Z", "2026-01-01T10:00:00Z"]), ("Duration", ["60m", "24h"]),
    ("Int?", ["1", "null"]), ("Float?", ["1.0", "null"]), ("Text?", ["\"a\"", "null"]), ("Email?", ["a@b.c", "null"]), ("Mood", ["calm", "busy"]),
  ]
  static let operators = ["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "//", "%", "has", "starts", "ends", "in", "not in", "and", "or", "??"]
  /// The right side of `in` is a list.
  static func right(_ text: String, _ operation: String) -> String { operation.hasSuffix("in") ? "[\(text)]" : text }

  /// The same expression, written in many ways.
  static func forms(_ a: (type: String, text: String), _ b: (type: String, text: String), _ operation: String) -> [String] {
    let rows = "let rows: [{ x: \(a.type), y: \(b.type) }] = [{ x: \(a.text), y: \(b.text) }]\n"
    let lets = "let x: \(a.type) = \(a.text)\nlet y: \(b.type) = \(b.text)\n"
    func apply(_ x: String, _ y: String) -> String { "\(x) \(operation) \(right(y, operation))" }
    return [
      lets + "[\(apply("x", "y"))][0]", rows + "rows.map(\(apply(".x", ".y")))[0]", rows + lets + "rows.map(\(apply(".x", "y")))[0]",
      rows + lets + "rows.map(\(apply("x", ".y")))[0]", lets + "[1].map(\(apply("x", "y")))[0]", rows + "(rows | select z = \(apply(".x", ".y"))).z[0]",
      rows + "(rows | each { \(apply(".x", ".y")) }).value[0]", lets + "var u = x\nvar v = y\n[\(apply("u", "v"))][0]",
      lets + "[1].map(if it > 0 { \(apply("x", "y")) } else { \(apply("x", "y")) })[0]",
      rows + lets + "rows.map([\(apply(".x", "y")), \(apply("x", ".y"))][1])[0]",
      "def f(x: \(a.type), y: \(b.type)) -> Text { return \"{[\(apply("x", "y"))]}\" }\n" + lets + "[1].map(f(x, y))[0]",
    ]
  }

  /// What it gives, or what it fails with; nil where it is an error of the script, as null is where there is none.
  private func outcome(_ text: String) async -> String? {
    guard let script = try? Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema) else { return nil }
    let world = TestWorld()
    let result = await script.run(in: world)
    return result.error?.message ?? world.output.joined(separator: "\n")
  }

  @Test(arguments: values.indices)
  func everyFormGivesTheSame(_ place: Int) async {
    let left = Self.values[place]
    for right in Self.values {
      for operation in Self.operators {
        guard await outcome(Self.forms((left.type, left.texts[0]), (right.type, right.texts[0]), operation)[0]) != nil else { continue }
        for x in left.texts {
          for y in right.texts {
            let forms = Self.forms((left.type, x), (right.type, y), operation)
            guard let first = await outcome(forms[0]) else { break }
            for form in forms.dropFirst() {
              guard let other = await outcome(form) else { continue }
              // A definition gives its list as a text.
              let text = "\"[\(first.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))]\""
              #expect(other == first || form.hasPrefix("def") && other == text, "\(first) or \(other):\n\(forms[0])\n---\n\(form)")
            }
          }
        }
      }
    }
  }
}
