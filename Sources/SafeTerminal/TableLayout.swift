/// Lays out rows in columns that fit a width: short columns whole, long ones cut with `…`, numbers to the right, null dim.
public struct TableLayout: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var alignsRight: Bool

    public init(_ title: String, alignsRight: Bool = false) {
      self.title = title
      self.alignsRight = alignsRight
    }
  }

  public struct Cell: Sendable {
    public var text: String
    public var style: Style

    public init(_ text: String, _ style: Style = .plain) {
      self.text = TableLayout.visible(text)
      self.style = style
    }
  }

  /// No column is cut below this many cells; those that do not fit then are left out.
  static let minimumWidth = 8
  public static let gap = 2

  public var columns: [Column]
  /// Cells to the terminal's edge; nil leaves everything uncut.
  public var width: Int?
  /// Rows to show at most; the rest is counted.
  public var limit: Int?

  public init(columns: [Column], width: Int? = nil, limit: Int? = nil) {
    self.columns = columns
    self.width = width
    self.limit = limit
  }

  /// The lines of the table, header and rule first.
  public func lines(_ rows: [[Cell]]) -> [StyledText] {
    var lines: [StyledText] = []
    self.lines(of: rows.count, { rows[$0] }, { lines.append($0) })
    return lines
  }

  /// The same one by one, for rows that are too many to be kept: each is asked for twice, first for its widths.
  public func lines<E: Error>(of count: Int, _ row: (Int) throws(E) -> [Cell], _ use: (StyledText) throws(E) -> Void) throws(E) {
    guard !columns.isEmpty else { return }
    let shown = min(count, limit ?? count)
    let widths = fitted(try naturalWidths(of: shown, row))
    try use(line(widths) { (columns[$0].title, .header) })
    try use(rule(widths))
    for index in 0..<shown {
      let cells = try row(index)
      try use(line(widths) { (cells[$0].text, cells[$0].style) })
    }
    if shown < count { try use(StyledText("\(Self.grouped(count - shown)) more", .dim)) }
    if widths.count < columns.count {
      let hidden = columns[widths.count...].map(\.title)
      let text = "+\(hidden.count) column\(hidden.count == 1 ? "" : "s"): \(hidden.joined(separator: ", "))"
      try use(StyledText(width.map { Self.cut(text, $0) } ?? text, .dim))
    }
  }

  /// Cells that each column needs to show everything whole.
  public func naturalWidths<E: Error>(of count: Int, _ row: (Int) throws(E) -> [Cell]) throws(E) -> [Int] {
    var natural = columns.map { DisplayWidth.of($0.title) }
    for index in 0..<count {
      let cells = try row(index)
      for column in natural.indices { natural[column] = max(natural[column], DisplayWidth.of(cells[column].text)) }
    }
    return natural
  }

  /// Widths for as many columns as fit: what the short ones leave is shared among the long.
  private func fitted(_ natural: [Int]) -> [Int] {
    guard let width else { return natural }
    var count = natural.count
    while count > 1 {
      let least = natural.prefix(count).reduce(0) { $0 + min($1, Self.minimumWidth) } + (count - 1) * Self.gap
      if least <= width { break }
      count -= 1
    }
    let room = max(1, width - (count - 1) * Self.gap)
    var widths = Array(natural.prefix(count))
    guard widths.reduce(0, +) > room else { return widths }
    // The largest cap such that the columns, cut to it, fit.
    var low = 1
    var high = widths.max() ?? 1
    while low < high {
      let middle = (low + high + 1) / 2
      if widths.reduce(0, { $0 + min($1, middle) }) <= room { low = middle } else { high = middle - 1 }
    }
    var rest = room - widths.reduce(0) { $0 + min($1, low) }
    for index in widths.indices where widths[index] > low {
      let extra = min(rest, 1)
      widths[index] = low + extra
      rest -= extra
    }
    return widths
  }

  private func line(_ widths: [Int], _ cell: (Int) -> (String, Style)) -> StyledText {
    var pieces: [(style: Style, text: String)] = []
    for (column, width) in widths.enumerated() {
      let (text, style) = cell(column)
      let shown = Self.cut(text, width)
      let pad = String(repeating: " ", count: max(0, width - DisplayWidth.of(shown)))
      if column > 0 { pieces.append((.plain, String(repeating: " ", count: Self.gap))) }
      let isLast = column == widths.count - 1
      if columns[column].alignsRight {
        pieces += [(.plain, pad), (style, shown)]
      } else {
        pieces += isLast ? [(style, shown)] : [(style, shown), (.plain, pad)]
      }
    }
    return StyledText(pieces.filter { !$0.text.isEmpty })
  }

  private func rule(_ widths: [Int]) -> StyledText {
    let gap = String(repeating: " ", count: Self.gap)
    return StyledText(widths.map { String(repeating: "─", count: $0) }.joined(separator: gap), .dim)
  }

  /// The text, or its beginning and `…` where it is wider.
  public static func cut(_ text: String, _ width: Int) -> String {
    guard DisplayWidth.of(text) > width else { return text }
    return width < 1 ? "" : DisplayWidth.prefix(text, cells: width - 1) + "…"
  }

  /// `4,812`
  public static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var index = digits.count - 3
    while index > (number < 0 ? 1 : 0) {
      digits.insert(",", at: index)
      index -= 3
    }
    return String(digits)
  }

  /// Control characters as escapes, so that no cell moves the cursor.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value < 32 || (127..<160).contains($0.value) }) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 9: result += "\\t"
      case 10: result += "\\n"
      case 13: result += "\\r"
      case 0..<32, 127..<160: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
