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
  /// Under this there are two characters of prompt and the text, and nothing else.
  static let leastColumns = 20
  static let leastRows = 4
  /// Rows that a finished entry leaves on the screen; of a longer one the rest is counted.
  static let finalRows = 200

  var columns: Int
  var rows: Int
  let usesColor: Bool
  private var old: [Painted] = []
  private var cursor = (row: 0, column: 0)
  private var top = 0
  /// The row that the cursor is in after `rewriting`.
  private var written = 0

  /// A row as it was written, and how far it reaches.
  private struct Painted: Equatable {
    var bytes: String
    var width: Int
  }

  init(columns: Int, rows: Int, usesColor: Bool) {
    self.columns = columns
    self.rows = rows
    self.usesColor = usesColor
  }

  var isPlain: Bool { columns < Self.leastColumns || rows < Self.leastRows }

  /// Nothing of ours is on the screen: the next painting begins where the cursor is.
  mutating func forget() {
    old = []
    cursor = (0, 0)
    top = 0
  }

  /// Takes what was drawn away after the size changed: going up over our own rows never eats older output. Where the terminal breaks rows
  /// anew that have become too long, ours are more than they were.
  mutating func resize(columns: Int, rows: Int, rewraps: Bool) -> String {
    var up = cursor.row
    if rewraps {
      up = old.prefix(cursor.row).reduce(0) { $0 + max(1, ($1.width + columns - 1) / columns) } + cursor.column / columns
    }
    up = min(up, rows - 1)
    self.columns = columns
    self.rows = rows
    forget()
    return "\r" + (up > 0 ? "\u{1b}[\(up)A" : "") + "\u{1b}[J"
  }

  /// Moves below everything that was drawn.
  mutating func moveBelow() -> String {
    let down = old.count - 1 - cursor.row
    forget()
    return (down > 0 ? "\u{1b}[\(down)B" : "") + "\r\n"
  }

  func layout(_ model: ScreenModel) -> ScreenLayout {
    ScreenLayout(
      model.text, cursor: model.cursor, first: prompt(model, isFirst: true).width, next: prompt(model, isFirst: false).width, columns: columns)
  }

  /// The bytes that make the screen show the model. `isFinal`: the entry that was read, without what is below.
  mutating func paint(_ model: ScreenModel, isFinal: Bool = false) -> String {
    let layout = layout(model)
    let below = isFinal ? [] : Array(model.below.prefix(max(0, rows - 1)))
    let room = isFinal ? layout.rows.count : max(1, rows - below.count)
    let shown = min(layout.rows.count, room)
    if isFinal { top = 0 }
    top = max(0, min(max(min(top, layout.cursor.row), layout.cursor.row - shown + 1), layout.rows.count - shown))
    var now: [Painted]
    if isFinal, layout.rows.count > max(rows, Self.finalRows) {
      let last = layout.rows.count - 1
      now = (0..<(Self.finalRows - 2)).map { row(model, layout, $0, isFinal: true) }
      now.append(line(StyledText("\(last - Self.finalRows + 2) more rows", .dim)))
      now.append(row(model, layout, last, isFinal: true))
    } else {
      now = (0..<shown).map { row(model, layout, top + $0, isFinal: isFinal) }
    }
    now += below.map { line($0) }
    var output = cursor.row > 0 ? "\u{1b}[\(cursor.row)A\r" : "\r"
    output += rewriting(now)
    let target = isFinal ? now.count - 1 : layout.cursor.row - top
    let column = isFinal ? layout.end : layout.cursor.column
    if target > written { output += "\u{1b}[\(target - written)B" } else if target < written { output += "\u{1b}[\(written - target)A" }
    output += "\r" + (column > 0 ? "\u{1b}[\(column)C" : "")
    old = now
    cursor = (target, column)
    return output
  }

  private mutating func rewriting(_ now: [Painted]) -> String {
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
      output += "\r" + row.bytes
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

  // MARK: rows

  private func prompt(_ model: ScreenModel, isFirst: Bool) -> StyledText {
    let text = isFirst ? model.prompt : model.continuation
    if !isPlain, text.width < columns / 2 { return text }
    return columns < 4 ? StyledText("") : StyledText(isFirst ? "> " : ". ", .dim)
  }

  private func line(_ text: StyledText) -> Painted {
    let text = text.cut(columns - 1)
    return Painted(bytes: text.rendered(color: usesColor) + "\u{1b}[K", width: text.width)
  }

  /// One row with its colours, up to the edge or with the rest of it erased.
  private func row(_ model: ScreenModel, _ layout: ScreenLayout, _ index: Int, isFinal: Bool) -> Painted {
    let row = layout.rows[index]
    var column = row.indent
    var output = row.isSoft ? "" : prompt(model, isFirst: index == 0).rendered(color: usesColor)
    var run = ""
    var style = Style.plain
    for place in layout.places(index, of: model.text) {
      let next = place < model.styles.count ? model.styles[place] : .plain
      if next != style {
        output += style.applied(to: run, color: usesColor)
        run = ""
        style = next
      }
      run += ScreenLayout.drawn(model.text[place], columns: columns)
      column += ScreenLayout.cells(model.text[place], columns: columns)
    }
    output += style.applied(to: run, color: usesColor)
    var right: StyledText?
    if index == 0, !isFinal, !isPlain, let text = model.right, column + 2 + text.width < columns { right = text }
    if index == layout.rows.count - 1, !isFinal, !isPlain {
      let hint = hint(model.hint, cells: columns - 1 - column - (right.map { $0.width + 2 } ?? 0))
      output += Style.dim.applied(to: hint.text, color: usesColor)
      column += hint.cells
    }
    // At the edge the terminal still holds the cursor on the last cell, which would be erased.
    if column < columns { output += "\u{1b}[K" }
    guard let right else { return Painted(bytes: output, width: column) }
    return Painted(bytes: output + "\u{1b}[\(columns - right.width)G" + right.rendered(color: usesColor), width: columns - 1)
  }

  /// As much of a hint's first line as there is room for; that more follows is shown.
  private func hint(_ hint: [UInt32], cells room: Int) -> (text: String, cells: Int) {
    var (text, used) = ("", 0)
    for (place, value) in hint.enumerated() {
      let width = ScreenLayout.cells(value, columns: columns)
      let isLast = place == hint.count - 1
      if value < 32 || used + width + (isLast ? 0 : 1) > room {
        return room > used ? (text + "…", used + 1) : (text, used)
      }
      text += ScreenLayout.drawn(value, columns: columns)
      used += width
    }
    return (text, used)
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
