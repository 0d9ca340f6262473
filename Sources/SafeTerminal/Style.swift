/// What a piece of text is; how that looks is decided here alone.
public enum Style: Sendable, Hashable {
  case plain, keyword, number, text, name, field, comment
  case error, warning, ok, dim, bold, header, selected
  /// A name that nothing has.
  case unknown

  /// The SGR parameters, or nil for none.
  var sgr: String? {
    switch self {
    case .plain, .name: nil
    case .keyword: "35"
    case .number: "36"
    case .text: "32"
    case .field: "34"
    case .comment, .dim: "2"
    case .error: "1;31"
    case .warning: "33"
    case .ok: "32"
    case .bold, .header: "1"
    case .selected: "7"
    case .unknown: "4"
    }
  }

  /// The text in this style.
  public func applied(to text: String, color: Bool) -> String {
    guard color, let sgr, !text.isEmpty else { return text }
    return "\u{1b}[\(sgr)m\(text)\u{1b}[0m"
  }
}

/// Text in pieces of one style each.
public struct StyledText: Sendable, Hashable {
  public var pieces: [(style: Style, text: String)]

  public init(_ pieces: [(style: Style, text: String)]) { self.pieces = pieces }
  public init(_ text: String, _ style: Style = .plain) { pieces = [(style, text)] }

  public var plain: String { pieces.map(\.text).joined() }
  public var width: Int { DisplayWidth.of(plain) }

  /// With or without escape sequences.
  public func rendered(color: Bool) -> String { pieces.map { $0.style.applied(to: $0.text, color: color) }.joined() }

  public static func == (a: StyledText, b: StyledText) -> Bool {
    a.pieces.elementsEqual(b.pieces) { $0.style == $1.style && $0.text == $1.text }
  }

  public func hash(into hasher: inout Hasher) {
    for piece in pieces {
      hasher.combine(piece.style)
      hasher.combine(piece.text)
    }
  }
}
