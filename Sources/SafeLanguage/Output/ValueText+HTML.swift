/// A page that stands alone: no script, nothing fetched, and readable on paper and in the dark.
///
/// The end tags of `html` and `body` may be left out, so a page is whole after each value, and more of them may follow.
extension ValueText {
  private static let style = """
    :root { color-scheme: light dark }
    body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem }
    table { border-collapse: collapse; margin: 0 0 2rem; font-variant-numeric: tabular-nums }
    th, td { padding: .3rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid #8884 }
    thead th { position: sticky; top: 0; background: Canvas; border-bottom: 2px solid #8888 }
    td { white-space: pre-wrap; overflow-wrap: break-word; max-width: 60ch }
    .n { text-align: right; white-space: nowrap }
    th[scope=row] + .n { text-align: left }
    .null { color: #8889 }
    pre { white-space: pre-wrap }
    """

  /// What a page begins with.
  mutating func page() {
    append(
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>safesh</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>

      """)
  }

  mutating func htmlHead(_ fields: [Field]) {
    append("<table>\n<thead><tr>")
    for field in fields {
      append(field.type.required.isDrawn ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
      escaped(field.name)
      append("</th>")
    }
    append("</tr></thead>\n<tbody>\n")
  }

  mutating func htmlRow(_ value: Value) {
    append("<tr>")
    if case .record(let row) = value {
      for column in row.type.fields.indices where !row.type.fields[column].isHidden { htmlCell(row.table.value(row.index, column)) }
    } else {
      htmlCell(value)
    }
    append("</tr>\n")
  }

  /// A value that is no list: a record as names and values, another as a paragraph.
  mutating func htmlValue(_ value: Value) {
    guard case .record(let row) = value else {
      append("<p>")
      escaped(cell(value))
      return append("</p>\n")
    }
    append("<table>\n<tbody>\n")
    for (name, value) in row.written {
      append("<tr><th scope=\"row\">")
      escaped(name)
      append("</th>")
      htmlCell(value)
      append("</tr>\n")
    }
    append("</tbody>\n</table>\n")
  }

  private mutating func htmlCell(_ value: Value) {
    switch value {
    case .null: return append("<td class=\"null\">null</td>")
    case .int, .float, .duration: append("<td class=\"n\">")
    default: append("<td>")
    }
    escaped(cell(value))
    append("</td>")
  }

  /// A line that was printed between the values.
  public static func html(line: String, isFollowing: Bool) -> String {
    var text = ValueText(.html)
    if !isFollowing { text.page() }
    text.append("<pre>")
    text.escaped(line)
    text.append("</pre>\n")
    return String(decoding: text.take(), as: UTF8.self)
  }

  /// Markup as text. Control characters have no place in HTML, not even as references.
  private mutating func escaped(_ text: String) {
    append(text) { byte in
      switch byte {
      case UInt8(ascii: "&"): "&amp;"
      case UInt8(ascii: "<"): "&lt;"
      case UInt8(ascii: ">"): "&gt;"
      case UInt8(ascii: "\""): "&quot;"
      case UInt8(ascii: "'"): "&#39;"
      case 9, 10, 13: nil
      case 0..<0x20, 0x7f: "\u{fffd}"
      default: nil
      }
    }
  }
}
