/// A regular expression as a tree.
indirect enum PatternNode: Sendable {
  case empty
  case scalar(UInt32)
  case set(ScalarSet)
  case assertion(PatternAssertion)
  /// A group that is remembered, by its number from 1.
  case capture(Int, PatternNode)
  case sequence([PatternNode])
  /// The first that fits is preferred.
  case choice([PatternNode])
  case repetition(PatternNode, least: Int, most: Int?, isGreedy: Bool)

  /// Whether it may take no character.
  var isNullable: Bool {
    switch self {
    case .empty, .assertion: true
    case .scalar, .set: false
    case .capture(_, let node): node.isNullable
    case .sequence(let nodes): nodes.allSatisfy(\.isNullable)
    case .choice(let nodes): nodes.contains(where: \.isNullable)
    case .repetition(let node, let least, _, _): least == 0 || node.isNullable
    }
  }
}

/// Something about a place in the text that takes no character.
enum PatternAssertion: Sendable {
  case textStart, textEnd, textEndBeforeNewline, lineStart, lineEnd, wordBoundary, noWordBoundary
}

/// What is wrong with a regular expression, and where in it.
struct PatternError: Error {
  let message: String
  /// Bytes of the pattern.
  let place: Range<Int>
}
