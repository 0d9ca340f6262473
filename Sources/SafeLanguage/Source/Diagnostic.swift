/// One thing that is wrong with a script: data first, text last. `DiagnosticRenderer` makes the text.
public struct Diagnostic: Hashable, Sendable {
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
      case .writeInExpression: "a write, print or report where only values are worked out"
      case .badUse: "a file of `use` that cannot be read, or holds what it may not"
      case .recursion: "a function that calls itself, so that the script might not end"
      case .badNeeds: "a capability or cap that `needs` cannot have"
      }
    }
  }
}

/// A text in place of another.
public struct Fix: Hashable, Sendable {
  public var span: Span
  public var text: String

  /// The source with all of these in it; of two that overlap the first.
  public static func applied(_ fixes: [Fix], to source: SourceFile) -> String {
    var text = ""
    var at = 0
    for fix in apart(fixes) {
      text += source.text(at, fix.span.start) + fix.text
      at = fix.span.end
    }
    return text + source.text(at, source.bytes.count)
  }

  /// In their order, of two that overlap the first.
  public static func apart(_ fixes: [Fix]) -> [Fix] {
    var kept: [Fix] = []
    for fix in fixes.sorted(by: { $0.span.start < $1.span.start }) where fix.span.start >= kept.last?.span.end ?? 0 { kept.append(fix) }
    return kept
  }
}

/// Turns diagnostics into text with the place underlined.
public struct DiagnosticRenderer: Sendable {
  /// Lines longer than this are cut around the place.
  static let maximumLineWidth = 160

  public var style: @Sendable (_ role: Role, _ text: String) -> String
  public enum Role: Sendable { case error, warning, place, plain }

  /// `style` colours a part; the default leaves it plain.
  public init(style: @escaping @Sendable (Role, String) -> String = { $1 }) { self.style = style }

  /// Two to four lines that end in a line feed.
  public func render(_ diagnostic: Diagnostic, in source: SourceFile) -> String {
    let head = style(diagnostic.severity == .error ? .error : .warning, "\(diagnostic.severity)[\(diagnostic.code.rawValue)]")
    return "\(head): \(diagnostic.message)\n" + place(diagnostic.span, diagnostic.hint, in: diagnostic.source ?? source)
  }

  /// An error of the run: its message, and the place in the script if it has one.
  public func render(_ error: RunError, in source: SourceFile) -> String {
    let lines = error.message.split(separator: "\n").map { "\(style(.error, "error")): \($0)\n" }.joined()
    guard let span = error.span else { return lines + (error.hint.map { "  \($0)\n" } ?? "") }
    return lines + place(span, error.hint, in: error.source ?? source)
  }

  /// The source line with the place underlined.
  private func place(_ span: Span, _ hint: String?, in source: SourceFile) -> String {
    let (line, column) = source.position(span.start)
    let range = source.lineRange(line)
    let before = Self.shown(source.text(range.start, min(span.start, range.end)))
    let inside = Self.shown(source.text(span.start, min(span.end, range.end)))
    let after = Self.shown(source.text(min(max(span.end, range.start), range.end), range.end))
    let cut = max(0, before.unicodeScalars.count - Self.maximumLineWidth / 2)
    let lead = cut > 0 ? "…" + Self.dropping(before, cut) : before
    let room = max(0, Self.maximumLineWidth - lead.unicodeScalars.count - inside.unicodeScalars.count)
    let tail = after.unicodeScalars.count > room ? Self.prefix(after, room) + "…" : after
    let marks = String(repeating: "^", count: max(1, min(inside.unicodeScalars.count, Self.maximumLineWidth)))
    let margin = String(repeating: " ", count: String(line).count)
    let pad = String(repeating: " ", count: lead.unicodeScalars.count)
    var text = "  \(source.name):\(line):\(column)\n"
    text += "  \(line) | \(lead)\(Self.prefix(inside, Self.maximumLineWidth))\(tail)\n"
    text += "  \(margin) | \(pad)\(style(.place, marks))"
    if let hint { text += " \(hint)" }
    return text + "\n"
  }

  public func render(_ diagnostics: [Diagnostic], in source: SourceFile) -> String {
    diagnostics.map { render($0, in: source) }.joined(separator: "\n")
  }

  /// Tabs as one space and other control characters as `?`, so that the underline stands where it should.
  private static func shown(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: scalars.append(" ")
      case 0..<32, 127..<160: scalars.append("?")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }

  private static func dropping(_ text: String, _ count: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(count)))
  }

  private static func prefix(_ text: String, _ count: Int) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(count)))
  }
}
