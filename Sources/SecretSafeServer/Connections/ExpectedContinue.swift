import HTTPTypes

/// When a client that waits for it is told to send its body (`Expect: 100-continue`, as curl does with a large one and Windows PowerShell
/// with each): without it, the body comes a second late.
struct ExpectedContinue {
  /// Requests whose answer has not been written whole. While there is an earlier one, nothing may come between.
  private var unanswered = 0

  /// Whether to tell it now.
  mutating func headRead(_ request: HTTPRequest) -> Bool {
    defer { unanswered += 1 }
    return unanswered == 0 && request.headerFields.contains(.expect) && request.headerFields[.expect]?.lowercased() == "100-continue"
  }

  mutating func answerWritten() { unanswered -= 1 }
}
