/// Candidates in columns, one of them selected, with its line of help. Fed with keys, it tells when it is over.
struct CompletionMenu {
  enum Step: Equatable {
    case shown
    case taken(CompletionList.Candidate)
    case closed
    /// Over, and the key is still to be carried out.
    case passed
  }

  let candidates: [CompletionList.Candidate]
  /// The characters that a candidate takes the place of.
  let range: Range<Int>
  /// nil while the menu only shows what there is.
  private(set) var selected: Int?
  private var firstRow = 0
  private let widest: Int

  init(_ candidates: [CompletionList.Candidate], range: Range<Int>, selected: Int?) {
    self.candidates = candidates
    self.range = range
    self.selected = selected
    widest = candidates.reduce(0) { max($0, DisplayWidth.of($1.label)) }
  }

  // MARK: keys

  private enum Move { case next, previous, right, left, pageDown, pageUp, first, last }

  /// What a key moves, however the terminal sends it.
  private static func move(_ key: KeyReader.Key) -> Move? {
    switch key {
    case .character(9), .character(14): return .next
    case .character(16): return .previous
    case .sequence(let sequence):
      let rest = EntryText.string(sequence.dropFirst())
      switch rest {
      case "[B", "OB": return .next
      case "[A", "OA", "[Z": return .previous
      case "[C", "OC": return .right
      case "[D", "OD": return .left
      case "[6~": return .pageDown
      case "[5~": return .pageUp
      case "[H", "OH", "[1~": return .first
      case "[F", "OF", "[4~": return .last
      default: return nil
      }
    default: return nil
    }
  }

  mutating func feed(_ key: KeyReader.Key, columns: Int, rows: Int) -> Step {
    if let move = Self.move(key) {
      select(move, columns: columns, rows: rows)
      return .shown
    }
    switch key {
    case .character(13), .character(10): return selected.map { .taken(candidates[$0]) } ?? .passed
    case .escape, KeyReader.interrupt, .character(7): return .closed
    default: return .passed
    }
  }

  private mutating func select(_ move: Move, columns: Int, rows: Int) {
    let count = candidates.count
    guard let place = selected else {
      selected = move == .previous || move == .last ? count - 1 : 0
      return
    }
    let grid = grid(columns: columns, rows: rows)
    switch move {
    case .next: selected = (place + 1) % count
    case .previous: selected = (place + count - 1) % count
    case .right: selected = place + grid.rows < count ? place + grid.rows : place % grid.rows
    case .left: selected = place >= grid.rows ? place - grid.rows : lastOfRow(place, grid.rows)
    case .pageDown: selected = min(place + grid.shown, count - 1)
    case .pageUp: selected = max(place - grid.shown, 0)
    case .first: selected = 0
    case .last: selected = count - 1
    }
  }

  private func lastOfRow(_ place: Int, _ rows: Int) -> Int {
    place + (candidates.count - 1 - place) / rows * rows
  }

  // MARK: the screen

  private func width(_ columns: Int) -> Int { min(widest, max(columns, ScreenPainter.leastColumns) - 4) }

  private func grid(columns: Int, rows: Int) -> (rows: Int, perRow: Int, shown: Int) {
    let perRow = max(1, (columns - 1) / (width(columns) + 2))
    let needed = (candidates.count + perRow - 1) / perRow
    // With the line of help no more than half of the screen.
    return (needed, perRow, min(needed, max(1, rows / 2 - 1)))
  }

  /// The rows of the menu; those that are shown follow the selection.
  mutating func lines(columns: Int, rows: Int) -> [StyledText] {
    let grid = grid(columns: columns, rows: rows)
    if let selected {
      let row = selected % grid.rows
      firstRow = min(max(firstRow, row - grid.shown + 1), row)
    }
    firstRow = max(0, min(firstRow, grid.rows - grid.shown))
    var lines = (firstRow..<(firstRow + grid.shown)).map { row in
      StyledText([(.plain, "  ")] + (0..<grid.perRow).flatMap { cell($0 * grid.rows + row, columns: columns) })
    }
    let help = selected.map { candidates[$0].help } ?? ""
    let count = grid.rows > grid.shown ? selected.map { "\($0 + 1) of \(candidates.count)  " } ?? "\(candidates.count) candidates  " : ""
    if !help.isEmpty || !count.isEmpty { lines.append(StyledText("  " + count + help, .dim)) }
    return lines
  }

  private func cell(_ index: Int, columns: Int) -> [(style: Style, text: String)] {
    guard candidates.indices.contains(index) else { return [] }
    let width = width(columns)
    var text = candidates[index].label
    if DisplayWidth.of(text) > width { text = DisplayWidth.prefix(text, cells: max(0, width - 1)) + "…" }
    let style: Style = index == selected ? .selected : .plain
    return [(style, text), (.plain, String(repeating: " ", count: width - DisplayWidth.of(text) + 2))]
  }
}
