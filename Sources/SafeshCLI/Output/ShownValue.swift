internal import SafeLanguage

/// The value that was shown last, and how far.
struct ShownValue: Sendable {
  let value: Value
  let type: SafeLanguage.`Type`
  private(set) var shown = 0

  init(_ value: Value, _ type: SafeLanguage.`Type`) {
    self.value = value
    self.type = type
  }

  /// Rows of a table or list; nil of a value that is shown as a whole.
  var total: Int? { value.isList ? value.elementCount : nil }

  var rest: Int { (total ?? 0) - shown }

  /// The next rows, as many as fit. Those that are left are shown with them if only the line that tells of them would be spared.
  mutating func next(fitting rows: Int) -> Range<Int> {
    let count = rest <= rows + 1 ? rest : max(1, rows)
    shown += count
    return shown - count..<shown
  }
}
