/// What is wrong with a text that not every text will do for: a pattern, a form.
public struct TextProblem: Sendable {
  public let message: String
  /// The bytes of the text that it is about; nil for all of it.
  public let place: Range<Int>?

  init(_ message: String, at place: Range<Int>? = nil) {
    self.message = message
    self.place = place
  }
}
