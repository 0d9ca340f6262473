/// Where the characters of an entry stand on a screen of so many columns.
struct ScreenLayout {
  struct Row: Equatable {
    var from: Int
    var indent: Int
    /// Goes on from the row above, without a prompt.
    var isSoft: Bool
  }

  let columns: Int
  private(set) var rows: [Row]
  private(set) var cursor = (row: 0, column: 0)
  /// The column behind the last character.
  private(set) var end = 0
  private let count: Int

  /// `first` and `next` are the widths of the prompts of the first row and of those that the entry begins.
  init(_ text: [UInt32], cursor place: Int, first: Int, next: Int, columns: Int) {
    self.columns = columns
    count = text.count
    rows = [Row(from: 0, indent: first, isSoft: false)]
    var column = first
    for index in 0...text.count {
      let isEnd = index == text.count || text[index] == 10
      let width = isEnd ? 0 : Self.cells(text[index], columns: columns)
      let isHere = index == place
      if column + width > columns || (isHere && isEnd && column >= columns) {
        rows.append(Row(from: index, indent: 0, isSoft: true))
        column = 0
      }
      if isHere { cursor = (rows.count - 1, min(column, columns - 1)) }
      if index < text.count, text[index] == 10 {
        rows.append(Row(from: index + 1, indent: next, isSoft: false))
        column = next
      } else {
        column += width
      }
    }
    end = min(column, columns - 1)
  }

  /// The places of the text in a row, without its line end.
  func places(_ row: Int, of text: [UInt32]) -> Range<Int> {
    let from = rows[row].from
    let next = row + 1 < rows.count ? rows[row + 1].from : count
    return next > from && text[next - 1] == 10 && !(row + 1 < rows.count && rows[row + 1].isSoft) ? from..<(next - 1) : from..<next
  }

  /// The place in a row that a column is over, or the row's last.
  func place(row: Int, column: Int, of text: [UInt32]) -> Int {
    let places = places(row, of: text)
    var used = rows[row].indent
    var place = places.lowerBound
    while place < places.upperBound {
      let width = Self.cells(text[place], columns: columns)
      if used + width > column { break }
      used += width
      place += 1
    }
    // Behind the last character of a row that goes on below, the cursor would stand in the row below.
    let goesOn = row + 1 < rows.count && rows[row + 1].isSoft
    return goesOn && place == places.upperBound && place > places.lowerBound ? EntryText.before(text, place) : place
  }

  /// Cells of a character: tab 4, control characters 2 (`^X`), what cannot be shown 1.
  static func cells(_ value: UInt32, columns: Int) -> Int {
    if (32..<127).contains(value) { return 1 }
    if value == 9 { return columns < 8 ? 1 : 4 }
    if value < 32 || value == 127 { return columns < 2 ? 1 : 2 }
    guard let scalar = Unicode.Scalar(value), !(0x80..<0xa0).contains(value) else { return 1 }
    let width = DisplayWidth.of(scalar)
    return width > columns ? 1 : width
  }

  /// What is written for a character.
  static func drawn(_ value: UInt32, columns: Int) -> String {
    if value == 9 { return String(repeating: " ", count: cells(9, columns: columns)) }
    if value < 32 || value == 127 { return columns < 2 ? "?" : "^" + String(Unicode.Scalar(UInt8(value ^ 64))) }
    guard let scalar = Unicode.Scalar(value), !(0x80..<0xa0).contains(value), DisplayWidth.of(scalar) <= columns else { return "\u{fffd}" }
    return String(scalar)
  }
}
