import Foundation
import Testing

@testable import SafeLanguage

/// The grammar for editors knows the words that the language has.
struct GrammarTests {
  private func grammar() throws -> [String: Any] {
    let file = FormatterTests.root.appendingPathComponent("docs/editors/safe.tmLanguage.json")
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
  }

  /// The words in the alternatives of the patterns of one part.
  private func words(_ part: Any?) -> Set<String> {
    var found: Set<String> = []
    if let part = part as? [String: Any] {
      if let match = part["match"] as? String {
        for group in match.matches(of: /[a-z|]*[a-z]{2,}[a-z|]*/) { found.formUnion(group.output.split(separator: "|").map(String.init)) }
      }
      for value in part.values where value is [Any] { found.formUnion(words(value)) }
    } else if let part = part as? [Any] {
      for item in part { found.formUnion(words(item)) }
    }
    return found
  }

  @Test func knowsAllWordsAndNoOthers() throws {
    let repository = try #require(try grammar()["repository"] as? [String: Any])
    // `\bit` and its like begin with the letter of a word's boundary.
    let keywords = Set(words(repository["words"]).map { $0.hasPrefix("bit") ? "it" : $0 })
    #expect(keywords == Set(Keyword.allCases.map(\.rawValue)), "\(keywords.symmetricDifference(Set(Keyword.allCases.map(\.rawValue))))")
    #expect(words(repository["stages"]) == Set(Library.stages.map(\.name)))
  }

  /// `fail` is no word of its own: it is one where a message follows.
  @Test func coloursFailWhereItEndsARun() throws {
    let repository = try #require(try grammar()["repository"] as? [String: Any])
    let pattern = try NSRegularExpression(pattern: try #require((repository["fail"] as? [String: Any])?["match"] as? String))
    func isColoured(_ text: String) -> Bool { pattern.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil }
    #expect(isColoured("if n > 3 { fail \"too many\" }"))
    #expect(isColoured("fail message"))
    #expect(!isColoured("x.fail \"a\""))
    #expect(!isColoured("{ fail: 1 }"))
    #expect(!isColoured("failed \"a\""))
  }

  @Test func itsExpressionsAreSound() throws {
    func expressions(_ value: Any) -> [String] {
      if let value = value as? [String: Any] {
        return value.flatMap { name, value in
          if ["match", "begin", "end"].contains(name), let text = value as? String { return [text] }
          return expressions(value)
        }
      }
      return (value as? [Any])?.flatMap { expressions($0) } ?? []
    }
    let found = expressions(try grammar())
    #expect(found.count > 20)
    for expression in found { #expect((try? NSRegularExpression(pattern: expression)) != nil, "\(expression)") }
  }
}
