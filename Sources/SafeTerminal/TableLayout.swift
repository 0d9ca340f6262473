/// Lays out rows in columns that fit a width: short columns whole, long ones cut with `…` (titles before what stands below them), numbers to the
/// right, null dim.
public struct TableLayout: Sendable {
  public struct Column: Sendable {
    public var title: String
    public var alignsRight: Bool
    /// Part of what stands in it is of no use to anybody: a number, or an id that somebody copies.
    public var isWhole: Bool

    public init(_ title: String, alignsRight: Bool = false, isWhole: Bool = false) {
      self.title = title
      self.alignsRight = alignsRight
      self.isWhole = isWhole
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
    let widths = fitted(try contentWidths(of: shown, row))
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
    zip(titleWidths, try contentWidths(of: count, row)).map { max($0, $1) }
  }

  private var titleWidths: [Int] { columns.map { DisplayWidth.of($0.title) } }

  /// The same without the titles.
  private func contentWidths<E: Error>(of count: Int, _ row: (Int) throws(E) -> [Cell]) throws(E) -> [Int] {
    var widths = columns.map { _ in 0 }
    for index in 0..<count {
      let cells = try row(index)
      for column in widths.indices { widths[column] = max(widths[column], DisplayWidth.of(cells[column].text)) }
    }
    return widths
  }

  /// Widths for as many columns as fit: what the short ones leave is shared among the long. Titles that are longer than all below them give way first.
  private func fitted(_ contents: [Int]) -> [Int] {
    let natural = zip(titleWidths, contents).map { max($0, $1) }
    guard let width else { return natural }
    let least = natural.indices.map { columns[$0].isWhole ? max(contents[$0], min(natural[$0], Self.minimumWidth)) : min(natural[$0], Self.minimumWidth) }
    var count = natural.count
    while count > 1, least.prefix(count).reduce(0, +) + (count - 1) * Self.gap > width { count -= 1 }
    let room = max(1, width - (count - 1) * Self.gap)
    // One that stands alone may be cut all the same: nothing is wider than the terminal.
    let floors = count > 1 ? Array(least.prefix(count)) : [1]
    let kept = zip(floors, contents).map { max($0, $1) }
    return shared(Array(natural.prefix(count)), room, floors: kept) ?? shared(kept, room, floors: floors) ?? floors
  }

  /// The widths, the largest of them cut until they fit into the room, none below its floor; nil if that is not enough.
  private func shared(_ widths: [Int], _ room: Int, floors: [Int]) -> [Int]? {
    if widths.reduce(0, +) <= room { return widths }
    func capped(_ cap: Int) -> [Int] { zip(widths, floors).map { max($1, min($0, cap)) } }
    guard capped(0).reduce(0, +) <= room else { return nil }
    // The largest cap such that the columns, cut to it, fit.
    var low = 0
    var high = widths.max() ?? 0
    while low < high {
      let middle = (low + high + 1) / 2
      if capped(middle).reduce(0, +) <= room { low = middle } else { high = middle - 1 }
    }
    var fitted = capped(low)
    var rest = room - fitted.reduce(0, +)
    for index in fitted.indices where widths[index] > fitted[index] && rest > 0 {
      fitted[index] += 1
      rest -= 1
    }
    return fitted
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
