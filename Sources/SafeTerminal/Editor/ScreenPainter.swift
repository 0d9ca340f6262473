/// What stands on the screen while an entry is edited.
struct ScreenModel {
  var prompt = StyledText("")
  var continuation = StyledText("")
  var text: [UInt32] = []
  var cursor = 0
  /// One for each character of the text.
  var styles: [Style] = []
  var hint: [UInt32] = []
  var right: StyledText?
  var below: [StyledText] = []
}

/// Turns a model into bytes for the terminal, writing only rows that changed. It knows the size and what it wrote before, nothing else.
struct ScreenPainter {
  /// Below this the prompt shrinks to its last two characters.
  static let narrowColumns = 20

  var columns: Int
  var rows: Int
  let usesColor: Bool
  private var old: [String] = []
  private var cursorRow = 0
  private var top = 0

  init(columns: Int, rows: Int, usesColor: Bool) {
    self.columns = columns
    self.rows = rows
    self.usesColor = usesColor
  }

  private struct Row {
    var from: Int
    var indent: Int
    /// Goes on from the row above, without a prompt.
    var isSoft: Bool
  }

  /// Nothing of ours is on the screen: the next painting begins where the cursor is.
  mutating func forget() {
    old = []
    cursorRow = 0
    top = 0
  }

  /// Takes what was drawn away after the size changed: going up over our own rows never eats older output.
  mutating func resize(columns: Int, rows: Int) -> String {
    let up = min(cursorRow, rows - 1)
    self.columns = columns
    self.rows = rows
    forget()
    return "\r" + (up > 0 ? "\u{1b}[\(up)A" : "") + "\u{1b}[J"
  }

  /// Moves below everything that was drawn.
  mutating func moveBelow() -> String {
    let down = old.count - 1 - cursorRow
    forget()
    return (down > 0 ? "\u{1b}[\(down)B" : "") + "\r\n"
  }

  /// The bytes that make the screen show the model. `isFinal`: the whole entry, however tall, without what is below.
  mutating func paint(_ model: ScreenModel, isFinal: Bool = false) -> String {
    let (layout, at, end) = lay(model)
    let below = isFinal ? [] : Array(model.below.prefix(max(0, rows - 1)))
    let room = isFinal ? layout.count : max(1, rows - below.count)
    let shown = min(layout.count, room)
    if isFinal { top = 0 }
    top = max(0, min(max(min(top, at.row), at.row - shown + 1), layout.count - shown))
    var now = (0..<shown).map { row(model, layout, top + $0, isFinal: isFinal) }
    for line in below { now.append(line.cut(columns - 1).rendered(color: usesColor) + "\u{1b}[K") }
    var output = cursorRow > 0 ? "\u{1b}[\(cursorRow)A\r" : "\r"
    output += rewriting(now)
    let target = isFinal ? now.count - 1 : at.row - top
    let column = isFinal ? end : at.column
    if target > written { output += "\u{1b}[\(target - written)B" } else if target < written { output += "\u{1b}[\(written - target)A" }
    output += "\r" + (column > 0 ? "\u{1b}[\(column)C" : "")
    old = now
    cursorRow = target
    return output
  }

  /// The row that the cursor is in after `rewriting`.
  private var written = 0

  private mutating func rewriting(_ now: [String]) -> String {
    var output = ""
    var at = 0
    for (index, row) in now.enumerated() {
      if index < old.count, old[index] == row { continue }
      while at < index {
        // Rows that are not there yet are made by line feeds, which scroll.
        if at + 1 < old.count {
          let down = min(index, old.count - 1) - at
          output += "\r\u{1b}[\(down)B"
          at += down
        } else {
          output += "\r\n"
          at += 1
        }
      }
      output += "\r" + row
    }
    if now.count < old.count {
      let down = now.count - 1 - at
      if down > 0 { output += "\r\u{1b}[\(down)B" }
      at = now.count - 1
      output += "\r\n\u{1b}[J\u{1b}[A"
    }
    written = at
    return output
  }

  // MARK: layout

  private func prompt(_ model: ScreenModel, isFirst: Bool) -> StyledText {
    let text = isFirst ? model.prompt : model.continuation
    if columns >= Self.narrowColumns, text.width < columns / 2 { return text }
    return columns < 4 ? StyledText("") : StyledText(isFirst ? "> " : ". ", .dim)
  }

  /// Where rows begin, and the cursor's row and column.
  private func lay(_ model: ScreenModel) -> (rows: [Row], cursor: (row: Int, column: Int), end: Int) {
    let first = prompt(model, isFirst: true).width
    let next = prompt(model, isFirst: false).width
    var rows = [Row(from: 0, indent: first, isSoft: false)]
    var column = first
    var cursor = (row: 0, column: 0)
    for index in 0...model.text.count {
      let isEnd = index == model.text.count || model.text[index] == 10
      let width = isEnd ? 0 : cells(model.text[index])
      let isHere = index == model.cursor
      if column + width > columns || (isHere && isEnd && column >= columns) {
        rows.append(Row(from: index, indent: 0, isSoft: true))
        column = 0
      }
      if isHere { cursor = (rows.count - 1, min(column, columns - 1)) }
      if index < model.text.count, model.text[index] == 10 {
        rows.append(Row(from: index + 1, indent: next, isSoft: false))
        column = next
      } else {
        column += width
      }
    }
    return (rows, cursor, min(column, columns - 1))
  }

  /// One row with its colours, up to the edge or with the rest of it erased.
  private func row(_ model: ScreenModel, _ layout: [Row], _ index: Int, isFinal: Bool) -> String {
    let row = layout[index]
    let end = index + 1 < layout.count ? layout[index + 1].from : model.text.count
    var column = row.indent
    var output = row.isSoft ? "" : prompt(model, isFirst: index == 0).rendered(color: usesColor)
    var run = ""
    var style = Style.plain
    for place in row.from..<end where model.text[place] != 10 {
      let next = place < model.styles.count ? model.styles[place] : .plain
      if next != style {
        output += style.applied(to: run, color: usesColor)
        run = ""
        style = next
      }
      run += drawn(model.text[place])
      column += cells(model.text[place])
    }
    output += style.applied(to: run, color: usesColor)
    if index == layout.count - 1, !isFinal {
      var hint = ""
      for value in model.hint {
        guard value >= 32, column + cells(value) < columns else { break }
        hint += drawn(value)
        column += cells(value)
      }
      output += Style.dim.applied(to: hint, color: usesColor)
    }
    // At the edge the terminal still holds the cursor on the last cell, which would be erased.
    if column < columns { output += "\u{1b}[K" }
    if index == 0, let right = model.right, !isFinal, column + 2 + right.width < columns {
      output += "\u{1b}[\(columns - right.width)G" + right.rendered(color: usesColor)
    }
    return output
  }

  /// Cells of a character: tab 4, control characters 2 (`^X`), what cannot be shown 1.
  private func cells(_ value: UInt32) -> Int {
    if value == 9 { return columns < 8 ? 1 : 4 }
    if value < 32 || value == 127 { return columns < 2 ? 1 : 2 }
    guard let scalar = Unicode.Scalar(value), !(0x80..<0xa0).contains(value) else { return 1 }
    let width = DisplayWidth.of(scalar)
    return width > columns ? 1 : width
  }

  private func drawn(_ value: UInt32) -> String {
    if value == 9 { return String(repeating: " ", count: cells(9)) }
    if value < 32 || value == 127 { return columns < 2 ? "?" : "^" + String(Unicode.Scalar(UInt8(value ^ 64))) }
    guard let scalar = Unicode.Scalar(value), !(0x80..<0xa0).contains(value), DisplayWidth.of(scalar) <= columns else { return "\u{fffd}" }
    return String(scalar)
  }
}

extension StyledText {
  /// The beginning that fits into so many cells.
  func cut(_ cells: Int) -> StyledText {
    var rest = cells
    var kept: [(style: Style, text: String)] = []
    for piece in pieces {
      let text = DisplayWidth.prefix(piece.text, cells: rest)
      kept.append((piece.style, text))
      rest -= DisplayWidth.of(text)
      if text.unicodeScalars.count < piece.text.unicodeScalars.count { break }
    }
    return StyledText(kept)
  }
}
