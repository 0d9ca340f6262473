/// Bytes of a terminal to keys. Fed byte by byte and with time-outs; it reads nothing itself.
struct KeyReader {
  enum Key: Equatable {
    case character(UInt32)
    /// A whole escape sequence, ESC first.
    case sequence([UInt32])
    /// ESC alone.
    case escape
    /// ESC and a character: Alt.
    case alt(UInt32)
    /// Everything between the brackets of a paste, with `\n` for every line end and no other control characters but tabs.
    case paste([UInt32])
  }

  static let interrupt = Key.character(3)

  /// How long ESC may be the beginning of more.
  static let escapeMilliseconds = 50
  /// How long a sequence or a character may take to be whole.
  static let sequenceMilliseconds = 100
  /// After so long without a byte, Ctrl-C ends a paste whose end never came.
  static let pasteMilliseconds = 1000
  /// Of a larger paste no more is kept than shows that it is too large.
  static let maximumPaste = (1 << 24) + 1

  private enum State {
    case ground
    case character(value: UInt32, missing: Int, total: Int, afterEscape: Bool)
    case escape
    case sequence([UInt32])
    /// A terminal's answer, up to BEL or ESC `\`.
    case answer(sawEscape: Bool, count: Int)
    case paste
  }

  private var state = State.ground
  private var pasted: [UInt32] = []
  private var pasteEnd = 0
  private var pasteCharacter: (value: UInt32, missing: Int, total: Int)?
  private var sawReturn = false
  /// Nothing came for a while in the middle of a paste.
  private(set) var isStalled = false
  private static let pasteMark = Array("\u{1b}[201~".utf8)

  /// How long to wait for the next byte before `timeout` is to be called; nil for as long as it takes.
  var patience: Int? {
    switch state {
    case .ground: nil
    case .paste: isStalled ? nil : Self.pasteMilliseconds
    case .escape: Self.escapeMilliseconds
    default: Self.sequenceMilliseconds
    }
  }

  var isPasting: Bool { if case .paste = state { true } else { false } }

  mutating func timeout() -> [Key] {
    if isPasting {
      isStalled = true
      return []
    }
    defer { state = .ground }
    switch state {
    case .escape: return [.escape]
    case .sequence(let found) where found.count == 2: return [.alt(found[1])]
    case .character: return [.character(0xfffd)]
    default: return []
    }
  }

  mutating func feed(_ byte: UInt8) -> [Key] {
    switch state {
    case .ground: return begin(byte, afterEscape: false)
    case .character(let value, let missing, let total, let afterEscape):
      guard byte & 0xc0 == 0x80 else {
        state = .ground
        return [.character(0xfffd)] + begin(byte, afterEscape: false)
      }
      let next = value << 6 | UInt32(byte & 0x3f)
      if missing > 1 {
        state = .character(value: next, missing: missing - 1, total: total, afterEscape: afterEscape)
        return []
      }
      state = .ground
      return whole(Self.valid(next, total), afterEscape: afterEscape)
    case .escape: return afterEscape(byte)
    case .sequence(let found): return sequence(found, byte)
    case .answer(let sawEscape, let count):
      let isEnd = byte == 7 || byte == 3 || count > 4096 || sawEscape && byte == UInt8(ascii: "\\")
      state = isEnd ? .ground : .answer(sawEscape: byte == 27, count: count + 1)
      return byte == 3 ? [.character(3)] : []
    case .paste: return paste(byte)
    }
  }

  private mutating func begin(_ byte: UInt8, afterEscape: Bool) -> [Key] {
    if byte == 27, !afterEscape {
      state = .escape
      return []
    }
    state = .ground
    switch byte {
    case 0..<0x80: return whole(UInt32(byte), afterEscape: afterEscape)
    case 0xc2..<0xe0: state = .character(value: UInt32(byte & 0x1f), missing: 1, total: 1, afterEscape: afterEscape)
    case 0xe0..<0xf0: state = .character(value: UInt32(byte & 0x0f), missing: 2, total: 2, afterEscape: afterEscape)
    case 0xf0..<0xf5: state = .character(value: UInt32(byte & 0x07), missing: 3, total: 3, afterEscape: afterEscape)
    default: return whole(0xfffd, afterEscape: afterEscape)
    }
    return []
  }

  private static func valid(_ value: UInt32, _ continuations: Int) -> UInt32 {
    let least: UInt32 = continuations == 3 ? 0x10000 : continuations == 2 ? 0x800 : 0x80
    return value < least || Unicode.Scalar(value) == nil ? 0xfffd : value
  }

  /// C1 codes are ours and no keys of anybody; NUL is nothing to edit with.
  private func whole(_ value: UInt32, afterEscape: Bool) -> [Key] {
    if (0x80..<0xa0).contains(value) || value == 0 { return [] }
    return [afterEscape ? .alt(value) : .character(value)]
  }

  private mutating func afterEscape(_ byte: UInt8) -> [Key] {
    switch byte {
    case 27: return [.escape]
    case UInt8(ascii: "["), UInt8(ascii: "O"):
      state = .sequence([27, UInt32(byte)])
      return []
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      state = .answer(sawEscape: false, count: 0)
      return []
    case 0..<32 where byte != 13 && byte != 10 && byte != 8:
      state = .ground
      return [.escape] + begin(byte, afterEscape: false)
    default: return begin(byte, afterEscape: true)
    }
  }

  private mutating func sequence(_ found: [UInt32], _ byte: UInt8) -> [Key] {
    guard (32..<127).contains(byte), found.count < 40 else {
      state = .ground
      return byte == 27 ? begin(byte, afterEscape: false) : (32..<127).contains(byte) ? [] : begin(byte, afterEscape: false)
    }
    let sequence = found + [UInt32(byte)]
    // The Linux console sends ESC [ [ A for F1.
    let isLinuxFunctionKey = sequence.count == 3 && byte == UInt8(ascii: "[")
    guard byte >= 64, !isLinuxFunctionKey else {
      state = .sequence(sequence)
      return []
    }
    if sequence == Array("\u{1b}[200~".unicodeScalars.map(\.value)) {
      state = .paste
      (pasted, pasteEnd, pasteCharacter, sawReturn, isStalled) = ([], 0, nil, false, false)
      return []
    }
    state = .ground
    return [.sequence(sequence)]
  }

  private mutating func paste(_ byte: UInt8) -> [Key] {
    let wasStalled = isStalled
    isStalled = false
    if wasStalled, byte == 3 {
      state = .ground
      pasted = []
      return []
    }
    if byte == Self.pasteMark[pasteEnd] {
      pasteEnd += 1
      guard pasteEnd == Self.pasteMark.count else { return [] }
      state = .ground
      defer { pasted = [] }
      if pasteCharacter != nil { append(0xfffd) }
      return [.paste(pasted)]
    }
    // What looked like the mark was text; of it only the printable part stays.
    for missed in Self.pasteMark[..<pasteEnd] { addPasted(missed) }
    pasteEnd = byte == 27 ? 1 : 0
    if byte != 27 { addPasted(byte) }
    return []
  }

  private mutating func addPasted(_ byte: UInt8) {
    if let (value, missing, total) = pasteCharacter {
      if byte & 0xc0 == 0x80 {
        let next = value << 6 | UInt32(byte & 0x3f)
        pasteCharacter = missing > 1 ? (next, missing - 1, total) : nil
        if missing == 1 { append(Self.valid(next, total)) }
        return
      }
      pasteCharacter = nil
      append(0xfffd)
    }
    let isLineFeedOfReturn = byte == 10 && sawReturn
    sawReturn = byte == 13
    switch byte {
    case 13: append(10)
    case 10: if !isLineFeedOfReturn { append(10) }
    case 9, 32..<127: append(UInt32(byte))
    case 0xc2..<0xe0: pasteCharacter = (UInt32(byte & 0x1f), 1, 1)
    case 0xe0..<0xf0: pasteCharacter = (UInt32(byte & 0x0f), 2, 2)
    case 0xf0..<0xf5: pasteCharacter = (UInt32(byte & 0x07), 3, 3)
    case 0x80...: append(0xfffd)
    default: break
    }
  }

  /// Unicode's own line ends are line ends, too; the other C1 codes are dropped.
  private mutating func append(_ value: UInt32) {
    guard pasted.count < Self.maximumPaste else { return }
    switch value {
    case 0x85, 0x2028, 0x2029: pasted.append(10)
    case 0x80..<0xa0: break
    default: pasted.append(value)
    }
  }
}
