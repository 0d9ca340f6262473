/// A row for each thing: its label, a bar as long as its number is large, the number at the right edge.
public struct BarChart: Sendable {
  public struct Row: Sendable {
    public var label: String
    /// Nil draws no bar.
    public var value: Double?
    /// The number as it is written.
    public var text: String

    public init(_ label: String, _ value: Double?, text: String) {
      self.label = TableLayout.visible(label)
      self.value = value.flatMap { $0.isFinite ? $0 : nil }
      self.text = TableLayout.visible(text)
    }
  }

  /// A longer bar says nothing more, and the number is too far from its label.
  static let longestBar = 60
  /// Under this a bar tells nothing, and what else there is gets the room.
  static let shortestBar = 3

  public var width: Int
  /// Rows to draw at most; the rest is counted.
  public var limit: Int
  public var drawing: Drawing

  public init(width: Int, limit: Int, drawing: Drawing) {
    self.width = max(1, width)
    self.limit = max(1, limit)
    self.drawing = drawing
  }

  /// The lines, with what the labels are and what the numbers are above them, if that is said.
  ///
  /// - Parameter total: how many rows there are, where these are only the first of them.
  public func lines(_ rows: [Row], of total: Int? = nil, label: String, number: String) -> [StyledText] {
    let shown = rows.prefix(limit)
    let scale = BarScale(shown.compactMap(\.value))
    let numbers = shown.reduce(DisplayWidth.of(number)) { max($0, DisplayWidth.of($1.text)) }
    let labels = shown.reduce(DisplayWidth.of(label)) { max($0, DisplayWidth.of($1.label)) }
    let sizes = Sizes(labels: labels, numbers: numbers, width: width)
    var lines = label.isEmpty && number.isEmpty ? [] : [line(sizes, label, [], number, .header)]
    for row in shown {
      let bar = row.value.map { scale.bar($0, cells: sizes.bar, drawing) } ?? []
      lines.append(line(sizes, row.label, bar, row.text, row.value == nil ? .dim : .plain))
    }
    let rest = (total ?? rows.count) - shown.count
    if rest > 0 { lines.append(StyledText(TableLayout.cut("and \(TableLayout.grouped(rest)) more", width), .dim)) }
    return lines
  }

  private func line(_ sizes: Sizes, _ label: String, _ bar: [(style: Style, text: String)], _ number: String, _ style: Style) -> StyledText {
    let label = TableLayout.cut(label, sizes.label)
    let number = TableLayout.cut(number, sizes.number)
    var pieces: [(style: Style, text: String)] = [(style == .header ? .header : .plain, label)]
    let drawn = bar.reduce(0) { $0 + DisplayWidth.of($1.text) }
    let before = sizes.label - DisplayWidth.of(label) + sizes.gap
    let after = sizes.bar - drawn + sizes.gap + sizes.number - DisplayWidth.of(number)
    pieces.append((.plain, String(repeating: " ", count: max(0, before))))
    pieces += bar
    pieces += [(.plain, String(repeating: " ", count: max(0, after))), (style, number)]
    return StyledText(pieces.filter { !$0.text.isEmpty })
  }

  /// Cells of label, bar and number: the number is whole if it can be, the label has a third at least, and the bar what is left.
  private struct Sizes {
    var label: Int
    var bar: Int
    var number: Int
    var gap: Int

    init(labels: Int, numbers: Int, width: Int) {
      gap = width >= 10 ? 2 : width >= 3 ? 1 : 0
      number = min(numbers, max(0, width - 2 * gap))
      let rest = width - number - 2 * gap
      label = max(0, min(labels, max(rest / 2, rest - BarChart.longestBar)))
      bar = min(rest - label, BarChart.longestBar)
      if bar < BarChart.shortestBar {
        bar = 0
        label = max(0, min(labels, rest))
      }
    }
  }
}

/// How long bars are: the greatest as long as there is room, and all from one line where nothing is, to the left below zero.
public struct BarScale: Sendable {
  private let greatest: Double
  /// Parts of `greatest`: what lies below zero, and what above.
  private let below: Double
  private let above: Double

  public init(_ values: [Double]) {
    let greatest = values.reduce(0) { max($0, $1.magnitude) }
    self.greatest = greatest
    // As parts of the greatest, so that no difference of two numbers is beyond all numbers.
    below = greatest == 0 ? 0 : -(values.reduce(0) { min($0, $1) } / greatest)
    above = greatest == 0 ? 0 : values.reduce(0) { max($0, $1) } / greatest
  }

  /// The bar in pieces, with the blanks before it.
  public func bar(_ value: Double, cells: Int, _ drawing: Drawing) -> [(style: Style, text: String)] {
    guard greatest > 0, cells > 0 else { return [] }
    let left = below == 0 ? 0 : min(cells - (above > 0 ? 1 : 0), max(1, Int((Double(cells) * below / (below + above)).rounded())))
    let part = value / greatest
    if value < 0 {
      let text = Self.leftward(-part / below * Double(left), drawing)
      return [(.plain, String(repeating: " ", count: max(0, left - DisplayWidth.of(text)))), (.warning, text)]
    }
    let text = above == 0 ? "" : Self.rightward(part / above * Double(cells - left), drawing)
    return [(.plain, String(repeating: " ", count: left)), (.number, text)]
  }

  /// To eighths of a cell. What is not nothing is seen.
  private static func rightward(_ length: Double, _ drawing: Drawing) -> String {
    guard length > 0 else { return "" }
    if drawing == .ascii { return String(repeating: "#", count: max(1, Int(length.rounded()))) }
    let eighths = max(1, Int((length * 8).rounded()))
    return String(repeating: "█", count: eighths / 8) + ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
  }

  /// To halves of a cell: there are no smaller blocks that end at the right.
  private static func leftward(_ length: Double, _ drawing: Drawing) -> String {
    guard length > 0 else { return "" }
    if drawing == .ascii { return String(repeating: "#", count: max(1, Int(length.rounded()))) }
    let halves = max(1, Int((length * 2).rounded()))
    return (halves % 2 == 1 ? "▐" : "") + String(repeating: "█", count: halves / 2)
  }
}
