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

/// The line that libedit holds.
extension EditLineEditor {
  var line: (text: [UInt32], cursor: Int) {
    guard let editor else { return ([], 0) }
    var count: Int32 = 0
    var cursor: Int32 = 0
    guard let start = clibedit_line(editor, &count, &cursor) else { return ([], 0) }
    // Some of vi's motions leave the cursor outside of the line.
    return (Array(UnsafeBufferPointer(start: start, count: Int(count))), max(0, min(Int(cursor), Int(count))))
  }

  func insert(_ text: [UInt32]) -> UInt8 {
    guard let editor, !text.isEmpty, line.text.count + text.count <= Self.maximumEntry else { return EditResult.error }
    return clibedit_insert(editor, text.map { $0 == 0 ? 32 : $0 } + [0]) == 0 ? EditResult.refresh : EditResult.error
  }

  /// Replaces the whole line. `el_deletestr` would overwrite the kill buffer; for an empty line there is only the fatal result.
  func set(_ text: [UInt32], cursor: Int) -> UInt8 {
    guard let editor, !text.isEmpty else { return EditResult.fatal }
    clibedit_replace(editor, text.map { $0 == 0 ? 32 : $0 } + [0])
    clibedit_move(editor, Int32(cursor - line.cursor))
    return EditResult.refresh
  }

  func move(to place: Int) -> UInt8 {
    guard let editor else { return EditResult.error }
    clibedit_move(editor, Int32(place - line.cursor))
    return EditResult.cursor
  }

  func press(_ keys: [UInt32]) -> UInt8 {
    if let editor { clibedit_push(editor, keys + [0]) }
    return EditResult.normal
  }

  func quoted() -> UInt32? {
    guard let editor else { return nil }
    var key: UInt32 = 0
    return clibedit_get(editor, &key) == 1 ? key : nil
  }

  func accept() -> UInt8 {
    verdict = .accepted
    return EditResult.newline
  }

  func leave() -> UInt8 {
    verdict = .left
    return EditResult.endOfFile
  }
}
