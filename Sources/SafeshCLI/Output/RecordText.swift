internal import SafeLanguage
internal import SafeTerminal

/// A record as names and values, with long values over as many lines as they need.
struct RecordText {
  /// Under this the values stand below the names.
  private static let narrow = 40

  let schema: Schema
  let canvas: Canvas

  /// All fields, those too that a table leaves out.
  func lines(_ row: Row) -> [StyledText] {
    let names = row.type.visible.map { TableLayout.Cell($0.name).text }
    let width = canvas.size?.columns
    let longest = names.reduce(0) { max($0, DisplayWidth.of($1)) }
    let isBelow = width.map { $0 < Self.narrow || longest > $0 / 2 } ?? false
    let indent = isBelow ? 2 : longest + TableLayout.gap
    var lines: [StyledText] = []
    for (name, field) in zip(names, row.type.visible) {
      let value = row.value(field.name)
      let style = value.isNull ? Style.dim : .plain
      var parts = Self.wrapped(value.isNull ? "null" : CellText(zone: canvas.zone).text(value), width.map { max(1, $0 - indent) })
      if isBelow {
        lines.append(StyledText(name, .header))
      } else {
        let pad = String(repeating: " ", count: indent - DisplayWidth.of(name))
        lines.append(StyledText([(.header, name), (.plain, pad), (style, parts.removeFirst())]))
      }
      lines += parts.map { StyledText([(.plain, String(repeating: " ", count: indent)), (style, $0)]) }
    }
    return lines
  }

  /// Lines of a text as they are, each over as many as it needs, parted at blanks where there are some. At least one.
  static func wrapped(_ text: String, _ width: Int?) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line -> [String] in
      let line = TableLayout.Cell(String(line)).text
      guard let width, DisplayWidth.of(line) > width else { return [line] }
      return parted(line, width)
    }
  }

  private static func parted(_ line: String, _ width: Int) -> [String] {
    var parts: [String] = []
    var rest = Substring(line)
    while DisplayWidth.of(String(rest)) > width {
      var fitting = DisplayWidth.prefix(String(rest), cells: width)
      // A character that is wider than all there is.
      if fitting.isEmpty { fitting = String(rest.prefix(1)) }
      let goesOn = rest.dropFirst(fitting.count).first != " "
      if goesOn, let blank = fitting.lastIndex(of: " "), fitting[..<blank].contains(where: { $0 != " " }) { fitting = String(fitting[...blank]) }
      rest = rest.dropFirst(fitting.count + (goesOn ? 0 : 1))
      parts.append(fitting.hasSuffix(" ") ? String(fitting.dropLast()) : fitting)
    }
    if !rest.isEmpty || parts.isEmpty { parts.append(String(rest)) }
    return parts
  }
}
