public import SafeLanguage

/// What is asked before a script may take things away for good: the count has to be typed, so that nobody answers it by habit.
public struct DestroyQuestion: Sendable {
  public let count: Int
  /// Two lines; the second one is answered behind it.
  public let text: String

  /// Nil for a script that destroys nothing.
  public init?(_ estimate: Estimate, on target: String) {
    let caps = estimate.writes.filter { $0.destroys && $0.cap > 0 }
    guard !caps.isEmpty else { return nil }
    count = caps.reduce(0) { sum, write in
      let (result, overflow) = sum.addingReportingOverflow(write.cap)
      return overflow ? .max : result
    }
    let list = caps.map { "\($0.capability) \($0.cap)" }.joined(separator: ", ")
    text = "up to \(count) \(count == 1 ? "thing" : "things") cannot be brought back: \(list)\ntype \(count) to do this on \(target): "
  }

  public func isAccepted(by answer: String?) -> Bool {
    guard let answer else { return false }
    return answer.filter { !$0.isWhitespace } == String(count)
  }
}
