/// A paste that is taller than the screen: it is counted first, and Enter takes it into the entry. Fed with keys.
struct PasteGate {
  enum Step: Equatable {
    case shown
    case refused
    case taken([UInt32])
    case dropped
  }

  private(set) var held: [UInt32]
  /// How many characters the entry still takes.
  private let room: Int

  init(_ text: [UInt32], room: Int) {
    held = text
    self.room = room
  }

  private var isTooLong: Bool { held.count > room }

  var line: String {
    if isTooLong { return "pasted more than the \(room) characters that an entry holds; Ctrl-C drops it" }
    let ends = held.count { $0 == 10 }
    let lines = held.last == 10 ? ends : ends + 1
    return "pasted \(lines) \(lines == 1 ? "line" : "lines"), \(held.count) characters; Enter takes them, Ctrl-C drops them"
  }

  mutating func feed(_ key: KeyReader.Key) -> Step {
    switch key {
    case .character(13), .character(10): return isTooLong ? .refused : .taken(held)
    case KeyReader.interrupt, .character(7), .escape: return .dropped
    case .paste(let text):
      if held.count <= KeyReader.maximumPaste { held += text }
      return .shown
    default: return .refused
    }
  }
}
