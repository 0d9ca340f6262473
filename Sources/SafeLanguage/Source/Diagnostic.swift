/// One thing that is wrong with a script: data first, text last. `DiagnosticRenderer` makes the text.
public struct Diagnostic: Hashable, Sendable {
  /// Whether it keeps the script from running.
  public enum Severity: String, Sendable { case error, warning }

  public var severity: Severity
  public var code: Code
  /// What is wrong: lower case, no full stop.
  public var message: String
  public var span: Span
  /// A way out, printed behind the underline: `did you mean '.status'?`.
  public var hint: String?
  /// True where more text could still make the input right; the prompt then goes on to a next line.
  public var isIncomplete = false
  /// The used file that it is about; nil is the script itself.
  public var source: SourceFile?
  /// What makes it right, where that is certain: `fmt --fix` and editors put it in.
  public var fix: Fix?

  public init(_ code: Code, _ message: String, _ span: Span, hint: String? = nil, severity: Severity = .error) {
    self.code = code
    self.message = Self.shortened(message)
    self.span = span
    self.hint = hint
    self.severity = severity
  }

  /// Types of many fields are not written out whole.
  private static func shortened(_ message: String) -> String {
    guard message.utf8.count > maximumMessage else { return message }
    return String(message.prefix(maximumMessage)) + " …"
  }
  private static let maximumMessage = 600

  /// The same as being about another file.
  func from(_ source: SourceFile) -> Diagnostic {
    var diagnostic = self
    diagnostic.source = source
    return diagnostic
  }

  /// The error codes. Numbers are never given again: E0 spelling, E1 names, E2 types and null, E3 effects.
  public enum Code: String, Sendable, CaseIterable {
    case badCharacter = "E001"
    case openText = "E002"
    case badLiteral = "E003"
    case unexpected = "E004"
    case tooDeep = "E005"
    case unknownName = "E101"
    case unknownField = "E102"
    case unknownCase = "E103"
    case unknownFunction = "E104"
    case unknownStage = "E105"
    case unknownArgument = "E106"
    case unknownType = "E107"
    case duplicateName = "E108"
    case columnNeedsName = "E109"
    case badUse = "E110"
    case typeMismatch = "E201"
    case maybeNull = "E202"
    case missingArgument = "E203"
    case noCurrentRow = "E204"
    case noValue = "E205"
    case badTextLiteral = "E206"
    case lostIdentity = "E207"
    case notAssignable = "E208"
    case undeclaredWrite = "E301"
    case writeInExpression = "E302"
    case badNeeds = "E303"
    case recursion = "E304"

    /// One line for the reference.
    public var summary: String {
      switch self {
      case .badCharacter: "a character that no word or sign of the language begins with"
      case .openText: "a text that is not closed"
      case .badLiteral: "a number, date, time or escape that is not one"
      case .unexpected: "a word or sign where another is needed"
      case .tooDeep: "expressions or blocks nested too deeply"
      case .unknownName: "a name that is no variable, resource or enum case here"
      case .unknownField: "a field that the row does not have"
      case .unknownCase: "a name that is no case of the enum"
      case .unknownFunction: "a function, verb or method that does not exist"
      case .unknownStage: "a word after `|` that is no stage, function or verb"
      case .unknownArgument: "an argument that the call does not take"
      case .unknownType: "a type that does not exist"
      case .duplicateName: "a name that is given twice"
      case .columnNeedsName: "a computed column without a name"
      case .typeMismatch: "a value of one type where another is needed"
      case .maybeNull: "a value that may be null where it must not be"
      case .missingArgument: "an argument that the call needs"
      case .noCurrentRow: "`.field` or `it` where there is no current row"
      case .noValue: "a value is needed where the call gives none"
      case .badTextLiteral: "a text that is no address, date, time or id"
      case .lostIdentity: "a verb on rows that no longer are resources"
      case .notAssignable: "an assignment to what is not a `var`"
      case .undeclaredWrite: "a write that `needs` does not name"
      case .writeInExpression: "a write, print, chart or report where only values are worked out"
      case .badUse: "a file of `use` that cannot be read, or holds what it may not"
      case .recursion: "a function that calls itself, so that the script might not end"
      case .badNeeds: "a capability or cap that `needs` cannot have"
      }
    }
  }
}
