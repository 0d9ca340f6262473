/// Which lines are written down nowhere: those that may hold a secret.
public struct HistoryRule: Sendable {
  private static let words = ["password", "secret", "token"]

  /// Values of secrets that were read in this session.
  private var secrets: Set<String> = []

  public init() {}

  /// Shorter ones stand in every other line.
  private static let shortestSecret = 4

  public mutating func add(secret: String) { if secret.utf8.count >= Self.shortestSecret { secrets.insert(secret) } }

  /// A line that calls `secret(`, holds the value of a secret, or gives text to a name that says it is one, is not kept.
  public func keeps(_ text: String) -> Bool {
    if secrets.contains(where: { text.contains($0) }) { return false }
    var lexer = Lexer(SourceFile(name: "", text: text))
    return !Self.holdsSecret(lexer.tokens())
  }

  private static func holdsSecret(_ tokens: [Token]) -> Bool {
    var isNamed = false
    for (index, token) in tokens.enumerated() {
      let next = index + 1 < tokens.count ? tokens[index + 1] : nil
      if token.word == "secret", next?.isSign(.openParenthesis) == true { return true }
      if token.isSign(.semicolon) || token.lineBefore { isNamed = false }
      if isSecret(token), let next, next.isSign(.assign) || next.isSign(.addAssign) || next.isSign(.colon) { isNamed = true }
      if case .text(let segments) = token.kind {
        // The name may be a text itself, as in `{ "api token": "…" }`.
        if isNamed, next.map({ !$0.isSign(.colon) }) ?? true { return true }
        for case .code(let code) in segments where holdsSecret(code) { return true }
      }
    }
    return false
  }

  private static func isSecret(_ token: Token) -> Bool {
    var name = token.word
    if case .text(let segments) = token.kind, segments.count == 1, case .characters(let text) = segments[0] { name = text }
    guard let name = name?.lowercased() else { return false }
    return words.contains { name.contains($0) }
  }
}
