/// What the terminal shows.
extension EditLineEditor {
  /// Longer entries are plain: they are data, and looking through them at every key would take longer than a key may.
  static let maximumStyled = 100_000

  var hint: [UInt32] {
    let text = line.text
    guard text.count <= Self.maximumStyled else { return [] }
    return history.hint(for: text) ?? hooks.hint(EntryText.string(text)).map { EntryText.scalars($0) } ?? []
  }

  func model() -> ScreenModel {
    let (text, cursor) = line
    var model = ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: cursor)
    var match: Range<Int>?
    if case .search(let search) = mode, let found = search.match { (model.text, model.cursor, match) = (found.entry, found.range.lowerBound, found.range) }
    if !painter.isPlain, model.text.count <= Self.maximumStyled {
      let string = EntryText.string(model.text)
      model.styles = styles(model.text, string)
      model.right = hooks.rightPrompt(string)
      if case .line = mode, cursor == text.count { model.hint = hint }
    }
    if let match {
      if model.styles.isEmpty { model.styles = [Style](repeating: .plain, count: model.text.count) }
      for place in match { model.styles[place] = .selected }
    }
    model.below = below()
    // On a single row there is nothing below; what waits for an answer stands in it.
    if painter.rows < 2, case .paste(let gate) = mode {
      model.text = Array(EntryText.scalars(gate.line).prefix(max(1, painter.columns - 3)))
      (model.cursor, model.styles) = (model.text.count, [])
    }
    return model
  }

  private func below() -> [StyledText] {
    if reader.isStalled { return [StyledText("a paste has not come to its end; Ctrl-C drops it", .dim)] }
    switch mode {
    case .line: return note.map { painter.isPlain ? [] : [$0] } ?? []
    case .menu(var menu):
      guard !painter.isPlain else { return [] }
      let lines = menu.lines(columns: painter.columns, rows: painter.rows)
      mode = .menu(menu)
      return lines
    case .search(let search): return [StyledText(search.line, .dim)]
    case .paste(let gate): return [StyledText(gate.line, .bold)]
    }
  }

  /// A style for each character, from spans over bytes.
  private func styles(_ text: [UInt32], _ string: String) -> [Style] {
    let spans = hooks.highlight(string)
    guard !spans.isEmpty else { return [] }
    var styles = [Style](repeating: .plain, count: string.utf8.count + 1)
    for span in spans { for byte in span.range.clamped(to: 0..<styles.count) { styles[byte] = span.style } }
    var byte = 0
    return text.map { value in
      defer { byte += Unicode.Scalar(value).map { UTF8.width($0) } ?? 3 }
      return styles[min(byte, styles.count - 1)]
    }
  }

  func refresh() {
    Terminal.write(painter.paint(model()) + (beeps ? "\u{7}" : ""), to: 1)
    beeps = false
  }

  /// Leaves the whole entry on the screen and goes to the row below.
  func finish(_ text: [UInt32], _ after: String) {
    // The cursor behind a text that ends at the edge would have a row of its own, which nobody needs any more.
    var model = ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: after.isEmpty ? -1 : text.count)
    if !painter.isPlain, text.count <= Self.maximumStyled { model.styles = styles(text, EntryText.string(text)) }
    Terminal.write(painter.paint(model, isFinal: true) + after + "\r\n", to: 1)
    painter.forget()
  }

  func clearScreen() {
    Terminal.write("\u{1b}[H\u{1b}[2J", to: 1)
    painter.forget()
  }
}
