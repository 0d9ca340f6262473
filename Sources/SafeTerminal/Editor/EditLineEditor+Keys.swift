internal import Glibc

/// From the terminal's bytes to the characters that libedit asks for.
extension EditLineEditor {
  private enum Event {
    case key(KeyReader.Key)
    /// The hooks know more than before.
    case changed
  }

  /// What libedit calls for a character: 1, or 0 at the end.
  func nextKey(_ key: UnsafeMutablePointer<UInt32>) -> Int32 {
    // Some of libedit's functions take the end for a key that means nothing, and ask again.
    if verdict == .left { return 0 }
    if keys.isEmpty {
      let (text, cursor) = line
      longest = max(longest, text.count)
      undo.remember(text, cursor)
      guard fillKeys() else {
        verdict = .left
        return 0
      }
    }
    key.pointee = keys.removeFirst()
    return 1
  }

  /// Waits for a key that libedit is to have.
  private func fillKeys() -> Bool {
    while keys.isEmpty {
      switch readEvent() {
      case nil: return false
      case .changed: changed()
      case .key(let key):
        note = nil
        awaited = nil
        switch key {
        case .character(26): suspend()
        case .character(28):
          signal = SIGQUIT
          return false
        default: route(key)
        }
      }
    }
    return true
  }

  /// The next key, painting before it waits; nil at the end.
  private func readEvent() -> Event? {
    while readKeys.isEmpty {
      if reader.patience == nil, !terminal.hasMore { refresh() }
      switch terminal.read(milliseconds: reader.patience) {
      case .byte(let byte): readKeys += reader.feed(byte)
      case .timeout: readKeys += reader.timeout()
      case .signal(Int32(EditorWaker.change)):
        waker.take()
        return .changed
      case .signal(let number): if !take(number) { return nil }
      case .end: return nil
      }
    }
    return .key(readKeys.removeFirst())
  }

  private func changed() {
    prompt = hooks.prompt()
    guard case .line = mode, let awaited, awaited == line else { return }
    keys = [PrivateKey.complete]
  }

  /// A signal while the prompt waits; false to leave.
  private func take(_ number: Int32) -> Bool {
    switch number {
    case SIGWINCH, SIGCONT:
      if number == SIGCONT { terminal.edit() }
      let size = Terminal.size(1)
      Terminal.write(painter.resize(columns: size.columns, rows: size.rows, rewraps: rewraps), to: 1)
    case SIGTSTP: suspend()
    case SIGINT: readKeys.append(KeyReader.interrupt)
    default:
      signal = number
      return false
    }
    return true
  }

  private func suspend() {
    guard Interrupts.canStop else {
      beeps = true
      return
    }
    Terminal.write(painter.moveBelow(), to: 1)
    terminal.suspend()
    measure()
  }

  // MARK: who takes a key

  private func route(_ key: KeyReader.Key) {
    switch mode {
    case .line: give(key)
    case .menu where painter.isPlain:
      mode = .line
      give(key)
    case .menu(var menu):
      let step = menu.feed(key, columns: painter.columns, rows: painter.rows)
      mode = step == .shown ? .menu(menu) : .line
      switch step {
      case .shown, .closed: break
      case .taken(let candidate): put(candidate, menu.range)
      case .passed: give(key)
      }
    case .search(var search):
      let step = search.feed(key)
      mode = .search(search)
      switch step {
      case .shown: break
      case .refused: beeps = true
      case .ended(let entry, let key):
        mode = .line
        if let entry { change(entry, cursor: entry.count) }
        if let key { readKeys.insert(key, at: 0) }
      }
    case .paste(var gate):
      let step = gate.feed(key)
      mode = .paste(gate)
      switch step {
      case .shown: break
      case .refused: beeps = true
      case .taken(let text):
        mode = .line
        let (before, cursor) = line
        change(Array(before[..<cursor] + text + before[cursor...]), cursor: cursor + text.count)
      case .dropped: mode = .line
      }
    }
  }

  private func put(_ candidate: CompletionList.Candidate, _ range: Range<Int>) {
    let text = line.text
    guard range.upperBound <= text.count else { return }
    let inserted = EntryText.scalars(candidate.text)
    change(Array(text[..<range.lowerBound] + inserted + text[range.upperBound...]), cursor: range.lowerBound + inserted.count)
  }

  /// Lets libedit ask for the edit.
  private func change(_ text: [UInt32], cursor: Int) {
    edit = (text, cursor)
    keys = [PrivateKey.edit]
  }

  private func give(_ key: KeyReader.Key) {
    switch key {
    case .character(let value):
      countDigits = 0
      keys = [value]
    case .escape: if isVi { keys = [PrivateKey.escape] }
    case .alt(let value):
      if isVi {
        keys = [PrivateKey.escape, value]
      } else if value < 128 {
        countDigits = (48..<58).contains(value) ? countDigits + 1 : 0
        if countDigits <= 4 { keys = [27, value] }
      }
    case .sequence(let sequence): if KeyBindings.isBound(sequence, in: bindings) { keys = sequence }
    case .paste(let text): paste(text)
    }
  }

  private func paste(_ text: [UInt32]) {
    let (before, cursor) = line
    let room = Self.maximumEntry - before.count
    let shown = ScreenModel(prompt: prompt, continuation: options.continuation, text: text, cursor: text.count)
    if text.count > room || painter.layout(shown).rows.count > painter.rows {
      mode = .paste(PasteGate(text, room: room))
    } else if !text.isEmpty {
      change(Array(before[..<cursor] + text + before[cursor...]), cursor: cursor + text.count)
    }
  }
}
