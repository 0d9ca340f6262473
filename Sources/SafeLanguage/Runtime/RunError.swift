/// What stopped a row, or the run.
public struct RunError: Error, Sendable {
  /// What it does to the run.
  public enum Reach: Sendable, Equatable {
    /// A row fails; `try` catches it; uncaught it ends the run with status 1.
    case row
    /// The server cannot be reached: ends the run with 1, whatever `on error` says.
    case unreachable
    /// The key is rejected: ends the run with 4.
    case unauthorized
    /// Over a cap, or refused by the person: ends the run with 5.
    case stopped
    /// Ctrl-C: 130.
    case interrupted
  }

  public var reach: Reach
  public var kind: ErrorKind
  /// Lower case, no full stop.
  public var message: String
  /// The HTTP status, where an answer came.
  public var status: Int?
  /// True if a write was sent and nobody knows what became of it.
  public var isOutcomeUnknown: Bool
  /// The place in the script.
  public var span: Span?
  /// The file that the place is in; nil is the script itself.
  public var source: SourceFile?
  public var hint: String?
  /// The rows under way in `each` and `for`, the outermost first: `row 2: ann@acme.com (hires.csv:3)`.
  public private(set) var rows: [String] = []

  public init(
    _ kind: ErrorKind, _ message: String, reach: Reach = .row, status: Int? = nil, isOutcomeUnknown: Bool = false, span: Span? = nil,
    hint: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.reach = reach
    self.status = status
    self.isOutcomeUnknown = isOutcomeUnknown
    self.span = span
    self.hint = hint
  }

  /// What is told where there is no place for a hint: the message, with what was probably meant.
  public var told: String {
    guard let hint, hint.hasPrefix("did you mean") else { return message }
    return "\(message), \(hint)"
  }

  /// The same with the row that it stopped, where it is the row's.
  func of(_ row: Value, at index: Int) -> RunError {
    guard reach == .row else { return self }
    var error = self
    error.rows.insert(Report.description(of: row, index: index), at: 0)
    return error
  }

  /// The same for what a `for` goes through, which may be no rows: of numbers nobody looks for the third.
  func inLoop(_ element: Value, at index: Int) -> RunError {
    switch element {
    case .record, .text: of(element, at: index)
    default: self
    }
  }

  /// The same with a place, unless it has one.
  func at(_ span: Span) -> RunError {
    var error = self
    if error.span == nil { error.span = span }
    return error
  }

  /// The same with the file that its place is in, unless it has one.
  func from(_ source: SourceFile) -> RunError {
    var error = self
    if error.source == nil, error.span != nil { error.source = source }
    return error
  }
}
