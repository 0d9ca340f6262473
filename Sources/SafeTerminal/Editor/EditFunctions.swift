internal import CLibedit

/// What an editing function tells libedit.
enum EditResult {
  static let normal = UInt8(CLIBEDIT_NORM)
  static let newline = UInt8(CLIBEDIT_NEWLINE)
  static let endOfFile = UInt8(CLIBEDIT_EOF)
  static let refresh = UInt8(CLIBEDIT_REFRESH)
  static let cursor = UInt8(CLIBEDIT_CURSOR)
  static let error = UInt8(CLIBEDIT_ERROR)
  static let fatal = UInt8(CLIBEDIT_FATAL)
}

/// C1 codes that nobody can type, but that libedit can bind, since they are below 256.
enum PrivateKey {
  static let paste: UInt32 = 0x80
  static let escape: UInt32 = 0x81
  static let mark: UInt32 = 0x82
  static let kill: UInt32 = 0x83
  static let endOfLine: UInt32 = 0x84
  static let next: UInt32 = 0x85
  static let yank: UInt32 = 0x86
}

/// Our editing functions, by number, with the functions of libedit whose place they take.
enum EditFunction: Int, CaseIterable {
  case nothing, paste, interrupt, endOfInput, newline, enter, clear, complete, delete, undo, quoted, yank, copyWord, changeCase
  case up, down, search, left, right, beginningOfLine, endOfLine, killToEnd

  var name: String { "safesh-\(self)" }

  /// Functions of libedit that draw, crash, or see only one line.
  var replaced: [String] {
    switch self {
    case .nothing: ["ed-command", "vi-histedit", "vi-to-history-line", "vi-repeat-search-next", "vi-repeat-search-prev"]
    case .endOfInput: ["em-delete-or-list", "vi-list-or-eof", "ed-end-of-file"]
    case .enter: ["ed-newline"]
    case .clear: ["ed-clear-screen", "ed-redisplay"]
    case .undo: ["vi-undo", "vi-undo-line"]
    case .quoted: ["ed-quoted-insert"]
    case .yank: ["em-yank"]
    case .copyWord: ["em-copy-prev-word"]
    case .changeCase: ["vi-change-case"]
    case .up: ["ed-prev-history", "ed-prev-line", "ed-search-prev-history"]
    case .down: ["ed-next-history", "ed-next-line", "ed-search-next-history"]
    case .search: ["em-inc-search-prev", "em-inc-search-next", "vi-search-prev", "vi-search-next"]
    default: []
    }
  }

  /// The same, but not in vi's command map, where these are motions of an operator.
  var replacedOutsideCommands: [String] {
    switch self {
    case .left: ["ed-prev-char"]
    case .right: ["ed-next-char"]
    case .beginningOfLine: ["ed-move-to-beg"]
    case .endOfLine: ["ed-move-to-end"]
    case .killToEnd: ["ed-kill-line"]
    default: []
    }
  }
}

extension EditLineEditor {
  func perform(_ function: EditFunction) -> UInt8 {
    let (text, cursor) = line
    switch function {
    case .nothing: return EditResult.error
    case .paste: return insert(takePaste())
    case .interrupt:
      finish(text, "^C")
      undo.clear()
      history.leave()
      return EditResult.fatal
    case .endOfInput: return text.isEmpty ? leave() : perform(.delete)
    case .newline: return insert([10])
    case .enter: return enter(text, cursor)
    case .clear:
      clearScreen()
      return EditResult.normal
    case .complete: return complete(text, cursor)
    case .delete:
      let end = Self.behind(text, cursor)
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
    case .up: return up(text, cursor)
    case .down: return down(text, cursor)
    case .search: return search()
    case .left: return cursor == 0 ? EditResult.error : move(to: Self.before(text, cursor))
    case .right:
      if cursor < text.count { return move(to: Self.behind(text, cursor)) }
      let hint = hint
      return hint.isEmpty ? EditResult.error : insert(hint)
    case .beginningOfLine: return move(to: Self.lineStart(text, cursor))
    case .endOfLine:
      if cursor == text.count, !hint.isEmpty { return insert(hint) }
      return move(to: Self.lineEnd(text, cursor))
    case .killToEnd:
      // By mark and region, so that it lands in the kill buffer; to the end of the row, not of the entry.
      if cursor == text.count { return EditResult.error }
      return press([PrivateKey.mark, text[cursor] == 10 ? PrivateKey.next : PrivateKey.endOfLine, PrivateKey.kill])
    }
  }

  /// Runs a whole entry from any row; on an incomplete one it goes on at its end.
  private func enter(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    if hooks.isComplete(Self.string(text)) { return accept() }
    if cursor < text.count { return move(to: text.count) }
    return insert([10])
  }

  // MARK: places

  private static func lineStart(_ text: [UInt32], _ place: Int) -> Int {
    text[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0
  }

  private static func lineEnd(_ text: [UInt32], _ place: Int) -> Int { text[place...].firstIndex(of: 10) ?? text.count }

  private static func cells(_ value: UInt32) -> Int { value < 32 ? 1 : Unicode.Scalar(value).map { DisplayWidth.of($0) } ?? 1 }

  /// A character goes with the accents that follow it.
  private static func behind(_ text: [UInt32], _ place: Int) -> Int {
    guard place < text.count else { return place }
    var end = place + 1
    while end < text.count, text[end] != 10, cells(text[end]) == 0 { end += 1 }
    return end
  }

  private static func before(_ text: [UInt32], _ place: Int) -> Int {
    var start = place - 1
    while start > 0, text[start] != 10, cells(text[start]) == 0 { start -= 1 }
    return start
  }

  // MARK: up and down

  private func up(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    let start = Self.lineStart(text, cursor)
    guard start > 0 else { return moveInHistory(older: true, text, cursor) }
    return move(to: Self.place(text, Self.lineStart(text, start - 1), width: text[start..<cursor].reduce(0) { $0 + Self.cells($1) }))
  }

  private func down(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    let end = Self.lineEnd(text, cursor)
    guard end < text.count else { return moveInHistory(older: false, text, cursor) }
    let width = text[Self.lineStart(text, cursor)..<cursor].reduce(0) { $0 + Self.cells($1) }
    return move(to: Self.place(text, end + 1, width: width))
  }

  /// The place in a row that is so many cells from its start.
  private static func place(_ text: [UInt32], _ start: Int, width: Int) -> Int {
    var place = start
    var used = 0
    while place < text.count, text[place] != 10, used < width {
      used += cells(text[place])
      place += 1
    }
    return place
  }

  private func moveInHistory(older: Bool, _ text: [UInt32], _ cursor: Int) -> UInt8 {
    guard let entry = history.move(older: older, text: text, cursor: cursor) else { return EditResult.error }
    return set(entry, cursor: entry.count)
  }

  // MARK: completion

  private func complete(_ text: [UInt32], _ cursor: Int) -> UInt8 {
    let list = hooks.complete(Self.string(text), Self.string(Array(text[..<cursor])).utf8.count)
    guard let only = list.candidates.first else { return EditResult.error }
    let start = Self.string(text).utf8.prefix(list.range.lowerBound)
    let from = String(decoding: start, as: UTF8.self).unicodeScalars.count
    guard from <= cursor else { return EditResult.error }
    let typed = Self.string(Array(text[from..<cursor]))
    let replacement = list.candidates.count == 1 ? only.text : list.commonPrefix
    below = list.candidates.count == 1 ? menu(list, showsHelp: true) : menu(list, showsHelp: false)
    if replacement == typed || replacement.isEmpty { return EditResult.normal }
    if list.candidates.count > 1, !replacement.lowercased().hasPrefix(typed.lowercased()) { return EditResult.normal }
    let inserted = replacement.unicodeScalars.map(\.value)
    return set(Array(text[..<from] + inserted + text[cursor...]), cursor: from + inserted.count)
  }

  /// The candidates in columns, or the one with its line of help.
  private func menu(_ list: CompletionList, showsHelp: Bool) -> [StyledText] {
    if showsHelp { return list.candidates[0].help.isEmpty ? [] : [StyledText("  " + list.candidates[0].help, .dim)] }
    return CompletionMenu.lines(list.candidates.map(\.text), columns: Terminal.size(1).columns)
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
    func isWord(_ value: UInt32) -> Bool { Unicode.Scalar(value)?.properties.isAlphabetic == true || (48..<58).contains(value) }
    var start = cursor
    while start > 0, !isWord(text[start - 1]) { start -= 1 }
    while start > 0, isWord(text[start - 1]) { start -= 1 }
    return start == cursor ? EditResult.error : insert(Array(text[start..<cursor]))
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

/// Candidates in columns that fit the terminal, at most so many rows.
enum CompletionMenu {
  static let maximumRows = 8

  static func lines(_ candidates: [String], columns: Int) -> [StyledText] {
    let width = (candidates.map { DisplayWidth.of($0) }.max() ?? 0) + 2
    let perRow = max(1, (columns - 1) / width)
    let rows = (candidates.count + perRow - 1) / perRow
    let shown = min(rows, maximumRows)
    var lines: [StyledText] = []
    for row in 0..<shown {
      var line = ""
      for column in 0..<perRow {
        let index = column * rows + row
        guard index < candidates.count else { continue }
        line += candidates[index] + String(repeating: " ", count: width - DisplayWidth.of(candidates[index]))
      }
      lines.append(StyledText("  " + line, .dim))
    }
    if rows > shown { lines.append(StyledText("  and more", .dim)) }
    return lines
  }
}
