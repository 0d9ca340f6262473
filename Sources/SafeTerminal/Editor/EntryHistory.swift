/// The entries of earlier: moving through them by the text before the cursor, finding in them, and hints from them.
struct EntryHistory {
  static let maximumEntries = 10_000

  private(set) var entries: [[UInt32]] = []
  private var place: Int?
  private var typed: (text: [UInt32], cursor: Int) = ([], 0)
  private var shown: [UInt32] = []

  /// The latest entry is the last; one that is the same as the one before it is kept once.
  mutating func add(_ entry: [UInt32]) {
    place = nil
    if entry.isEmpty || entries.last == entry { return }
    entries.append(entry)
    if entries.count > Self.maximumEntries { entries.removeFirst(entries.count - Self.maximumEntries) }
  }

  mutating func leave() { place = nil }

  /// The next older (or newer) entry that begins with what stood before the cursor at first; nil if there is none.
  mutating func move(older: Bool, text: [UInt32], cursor: Int) -> [UInt32]? {
    if place == nil || text != shown {
      typed = (text, cursor)
      place = nil
    }
    let prefix = typed.text.prefix(typed.cursor)
    var index = place ?? entries.count
    while true {
      index += older ? -1 : 1
      if index < 0 { return nil }
      if index >= entries.count {
        guard !older, place != nil else { return nil }
        place = nil
        shown = typed.text
        return typed.text
      }
      let entry = entries[index]
      if entry.starts(with: prefix), place == nil || entry != shown {
        place = index
        shown = entry
        return entry
      }
    }
  }

  /// The rest of the latest entry that begins with the text.
  func hint(for text: [UInt32]) -> [UInt32]? {
    guard !text.isEmpty else { return nil }
    return entries.last { $0.count > text.count && $0.starts(with: text) }.map { Array($0.dropFirst(text.count)) }
  }

  /// The latest entry, at or before an index, that holds the pattern, and where in it.
  func search(_ pattern: [UInt32], before index: Int) -> (index: Int, at: Int)? {
    guard !pattern.isEmpty else { return nil }
    for candidate in stride(from: min(index, entries.count) - 1, through: 0, by: -1) {
      let entry = entries[candidate]
      guard entry.count >= pattern.count else { continue }
      for start in 0...(entry.count - pattern.count) where entry[start..<start + pattern.count].elementsEqual(pattern) {
        return (candidate, start)
      }
    }
    return nil
  }
}

/// What was edited before, to go back to. A run of typed letters is one step.
struct UndoStack {
  static let maximumSteps = 200

  private var steps: [(text: [UInt32], cursor: Int)] = []
  private var isTyping = false

  mutating func clear() {
    steps = []
    isTyping = false
  }

  /// Called before each key with the line as it is.
  mutating func remember(_ text: [UInt32], _ cursor: Int) {
    if let last = steps.last {
      if last.text == text {
        steps[steps.count - 1].cursor = cursor
        return
      }
      let isLetter = text.count == last.text.count + 1 && cursor == last.cursor + 1 && cursor > 0 && text[cursor - 1] != 32
      if isLetter, isTyping {
        steps[steps.count - 1] = (text, cursor)
        return
      }
      isTyping = isLetter
    }
    if steps.count == Self.maximumSteps { steps.removeFirst() }
    steps.append((text, cursor))
  }

  mutating func undo(_ text: [UInt32]) -> (text: [UInt32], cursor: Int)? {
    isTyping = false
    while let last = steps.last, last.text == text { steps.removeLast() }
    return steps.popLast()
  }
}
