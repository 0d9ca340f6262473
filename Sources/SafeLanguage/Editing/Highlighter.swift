/// What the pieces of a source are, for whoever colours them.
public enum Highlighter {
  /// What a piece is.
  public enum Role: Sendable {
    case keyword, stage, number, text, field, resource, function, comment
  }

  /// The pieces that are something, by byte offsets, in their order.
  public static func roles(_ text: String, schema: Schema) -> [(span: Span, role: Role)] {
    var lexer = Lexer(SourceFile(name: "", text: text))
    let tokens = lexer.tokens()
    var painter = Painter(schema: schema)
    painter.paint(tokens)
    return (painter.found + lexer.comments.map { ($0, .comment) }).sorted { $0.span.start < $1.span.start }
  }

  private struct Painter {
    let schema: Schema
    var found: [(span: Span, role: Role)] = []

    mutating func paint(_ tokens: [Token]) {
      for (index, token) in tokens.enumerated() {
        let previous = index > 0 ? tokens[index - 1] : nil
        let next = index + 1 < tokens.count ? tokens[index + 1] : nil
        if let role = role(token, previous, next) { found.append((token.span, role)) }
        if case .text(let segments) = token.kind {
          for case .code(let code) in segments { paint(code) }
        }
      }
    }

    private func role(_ token: Token, _ previous: Token?, _ next: Token?) -> Role? {
      switch token.kind {
      case .keyword: return previous?.isSign(.dot) == true ? .field : .keyword
      case .int, .float, .duration, .date, .time: return .number
      case .text, .email, .guid: return .text
      case .name(let name):
        if previous?.isSign(.dot) == true || previous?.isSign(.questionDot) == true { return next?.isSign(.openParenthesis) == true ? .function : .field }
        if previous?.isSign(.pipe) == true { return .stage }
        if schema.resource(listed: name) != nil { return .resource }
        if schema.verbs.contains(where: { $0.name == name }) || Library.function(name) != nil { return .function }
        if ["print", "report", "refresh", "save", "fail"].contains(name) || InputFormat(rawValue: name) != nil { return .function }
        return nil
      default: return nil
      }
    }
  }
}
