/// What was edited before, to go back to. A run of typed letters is one step.
struct UndoStack {
  static let maximumSteps = 200
  /// Characters in all steps together: of entries that fill memory there are few.
  static let maximumCharacters = 1 << 22

  private var steps: [(text: [UInt32], cursor: Int)] = []
  private var isTyping = false
  private var characters = 0

  mutating func clear() {
    steps = []
    characters = 0
    isTyping = false
  }

  /// Called before each key with the line as it is.
  mutating func remember(_ text: [UInt32], _ cursor: Int) {
    if let last = steps.last {
      if last.text == text {
        // Letters typed elsewhere are another step.
        if last.cursor != cursor { isTyping = false }
        steps[steps.count - 1].cursor = cursor
        return
      }
      let isLetter = text.count == last.text.count + 1 && cursor == last.cursor + 1 && cursor > 0 && text[cursor - 1] != 32
      if isLetter, isTyping {
        steps[steps.count - 1] = (text, cursor)
        characters += 1
        return
      }
      isTyping = isLetter
    }
    steps.append((text, cursor))
    characters += text.count
    while steps.count > 1, steps.count > Self.maximumSteps || characters > Self.maximumCharacters { characters -= steps.removeFirst().text.count }
  }

  mutating func undo(_ text: [UInt32]) -> (text: [UInt32], cursor: Int)? {
    isTyping = false
    while let last = steps.last, last.text == text { drop() }
    return drop()
  }

  @discardableResult
  private mutating func drop() -> (text: [UInt32], cursor: Int)? {
    guard let last = steps.popLast() else { return nil }
    characters -= last.text.count
    return last
  }
}
