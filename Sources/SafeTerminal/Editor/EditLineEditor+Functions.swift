/// What our editing functions do.
extension EditLineEditor {
  func perform(_ function: EditFunction) -> UInt8 {
    let (text, cursor) = line
    switch function {
    case .nothing: return EditResult.error
    case .edit:
      guard let edit else { return EditResult.error }
      self.edit = nil
      return set(edit.text, cursor: edit.cursor)
    case .interrupt:
      finish(text, "^C")
      undo.clear()
      history.leave()
      prompt = hooks.prompt()
      return EditResult.fatal
    case .endOfInput: return text.isEmpty ? leave() : perform(.delete)
    case .newline: return insert([10])
    case .enter: return hooks.isComplete(EntryText.string(text)) ? accept() : insert([10])
    case .clear:
      clearScreen()
      return EditResult.normal
    case .complete: return complete(text, cursor)
    case .delete:
      let end = EntryText.behind(text, cursor)
      return end == cursor ? EditResult.error : set(Array(text[..<cursor] + text[end...]), cursor: cursor)
    case .undo:
      guard let step = undo.undo(text) else { return EditResult.error }
      return set(step.text, cursor: step.cursor)
    case .quoted:
      guard let key = quoted() else { return EditResult.endOfFile }
      return key == 0 || (0x80..<0xa0).contains(key) ? EditResult.error : insert([key])
    case .yank: return yank(text, cursor)
    case .copyWord: return copyWord(text, cursor)
    case .changeCase: return changeCase(text, cursor)
    case .up: return moveByRow(-1, text, cursor)
    case .down: return moveByRow(1, text, cursor)
    case .search:
      mode = .search(HistorySearch(history.entries))
      return EditResult.normal
    case .left: return cursor == 0 ? EditResult.error : move(to: EntryText.before(text, cursor))
    case .right:
      if cursor < text.count { return move(to: EntryText.behind(text, cursor)) }
      return insert(hint)
    case .beginningOfLine: return move(to: EntryText.lineStart(text, cursor))
    case .endOfLine: return cursor == text.count ? insert(hint) : move(to: EntryText.lineEnd(text, cursor))
    case .nextWord:
      if cursor < text.count { return press([PrivateKey.nextWord]) }
      return insert(Array(hint.prefix(EntryText.firstWord(hint))))
    case .killToEnd:
      // By mark and region, so that it lands in the kill buffer; to the end of the row, not of the entry.
      if cursor == text.count { return EditResult.error }
      return press([PrivateKey.mark, text[cursor] == 10 ? PrivateKey.next : PrivateKey.endOfLine, PrivateKey.kill])
    }
  }

  // MARK: up and down

  /// Moves to the row above or below on the screen, in the column where this began; past the first and the last row, in the history.
  private func moveByRow(_ by: Int, _ text: [UInt32], _ cursor: Int) -> UInt8 {
    let layout = painter.layout(ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: cursor))
    let row = layout.cursor.row + by
    guard layout.rows.indices.contains(row) else { return moveInHistory(older: by < 0, text, cursor) }
    let column = goal.flatMap { $0.cursor == cursor && $0.text == text ? $0.column : nil } ?? layout.cursor.column
    let place = layout.place(row: row, column: column, of: text)
    goal = (column, text, place)
    return move(to: place)
  }

  private func moveInHistory(older: Bool, _ text: [UInt32], _ cursor: Int) -> UInt8 {
    guard let entry = history.move(older: older, text: text, cursor: cursor) else { return EditResult.error }
    return set(entry, cursor: entry.count)
  }

  // MARK: completion

  /// Puts in what all candidates share; if that is nothing new, a menu of them opens.
  private func complete(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    let string = EntryText.string(text)
    let list = hooks.complete(string, EntryText.string(text[..<cursor]).utf8.count)
    let from = EntryText.place(ofByte: list.range.lowerBound, in: text)
    let to = EntryText.place(ofByte: list.range.upperBound, in: text)
    guard let first = list.candidates.first, from <= cursor, from <= to else {
      awaited = (text, cursor)
      return EditResult.error
    }
    let typed = Array(text[from..<min(cursor, to)])
    let isOnly = list.candidates.count == 1
    let filling = EntryText.scalars(isOnly ? first.text : list.commonPrefix)
    let fills =
      isOnly
      ? filling != Array(text[from..<to])
      : filling.count > typed.count && EntryText.string(filling).lowercased().hasPrefix(EntryText.string(typed).lowercased())
    if isOnly {
      note = first.help.isEmpty ? nil : StyledText("  " + first.help, .dim)
    } else if !painter.isPlain {
      let end = fills ? from + filling.count : to
      mode = .menu(CompletionMenu(list.candidates, range: from..<end, selected: fills ? nil : 0))
    }
    return fills ? set(Array(text[..<from] + filling + text[to...]), cursor: from + filling.count) : EditResult.normal
  }

  // MARK: words and kills

  /// `em-yank` gives up where the buffer would have to grow: it is made to grow first.
  private func yank(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    var result = EditResult.normal
    let need = text.count + longest + 100
    guard need < Self.maximumEntry else { return EditResult.error }
    if need > roomForYank, !text.isEmpty {
      roomForYank = need
      _ = insert([UInt32](repeating: 32, count: need - text.count))
      result = set(text, cursor: cursor)
    }
    _ = press([PrivateKey.yank])
    return result
  }

  private func copyWord(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    var start = cursor
    while start > 0, !EntryText.isWord(text[start - 1]) { start -= 1 }
    while start > 0, EntryText.isWord(text[start - 1]) { start -= 1 }
    return insert(Array(text[start..<cursor]))
  }

  private func changeCase(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    guard cursor < text.count, let scalar = Unicode.Scalar(text[cursor]) else { return EditResult.error }
    let changed = (scalar.properties.isUppercase ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping).unicodeScalars
    guard changed.count == 1, let new = changed.first else { return EditResult.error }
    var text = text
    text[cursor] = new.value
    return set(text, cursor: min(cursor + 1, text.count))
  }
}
