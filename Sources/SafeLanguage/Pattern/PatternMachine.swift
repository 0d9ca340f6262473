/// Follows all ways through a pattern at once, one character after another, the preferred way first: so the time is that of the text's
/// length times the pattern's, whatever they are. Confined to one task.
final class PatternMachine {
  private let program: PatternProgram
  private let slots: Int
  private var current: Threads
  private var next: Threads
  /// What the way that is followed has remembered.
  private let memory: UnsafeMutablePointer<Int>
  private var pending: [Pending] = []
  private var steps = 0

  /// Steps between looks at whether to stop: some milliseconds.
  private static let stepsPerLook = 1 << 15
  /// Bytes that are skipped between looks: less than a millisecond.
  private static let bytesPerLook = 1 << 18

  private enum Pending {
    case follow(Int)
    case restore(slot: Int, Int)
  }

  /// The instructions that ways stand at, in the order of preference, each with what it has remembered.
  private struct Threads {
    let places: UnsafeMutablePointer<Int32>
    let index: UnsafeMutablePointer<Int32>
    let memories: UnsafeMutablePointer<Int>
    var count = 0

    init(_ size: Int, _ slots: Int) {
      places = .allocate(capacity: size)
      places.initialize(repeating: 0, count: size)
      index = .allocate(capacity: size)
      index.initialize(repeating: 0, count: size)
      memories = .allocate(capacity: max(1, size * slots))
      memories.initialize(repeating: -1, count: max(1, size * slots))
    }

    func free() {
      places.deallocate()
      index.deallocate()
      memories.deallocate()
    }

    @inline(__always)
    func has(_ place: Int) -> Bool {
      let at = Int(index[place])
      return at < count && places[at] == Int32(truncatingIfNeeded: place)
    }

    @inline(__always)
    mutating func insert(_ place: Int) -> Int {
      index[place] = Int32(truncatingIfNeeded: count)
      places[count] = Int32(truncatingIfNeeded: place)
      count += 1
      return count - 1
    }
  }

  /// With the places of so many groups remembered, the whole match being the first; none is enough to tell whether there is a match.
  init(_ program: PatternProgram, groups: Int) {
    self.program = program
    slots = 2 * groups
    current = Threads(program.instructions.count, slots)
    next = Threads(program.instructions.count, slots)
    memory = .allocate(capacity: max(1, slots))
    memory.initialize(repeating: -1, count: max(1, slots))
  }

  deinit {
    current.free()
    next.free()
    memory.deallocate()
  }

  /// The first match from a place on: where each group begins and ends, −1 where it took no part; nil without a match.
  func find(_ text: UnsafeRawBufferPointer, from start: Int = 0) throws(RunError) -> [Int]? {
    var at = start
    var found: [Int]?
    current.count = 0
    while true {
      if current.count == 0 {
        if found != nil || program.isAnchored && at > 0 { return found }
        guard try skip(text, &at) else { return nil }
      }
      if found == nil {
        for slot in 0..<slots { memory[slot] = -1 }
        follow(0, at, text, &current)
      }
      let (value, length) = Self.scalar(text, at)
      next.count = 0
      try step(text, value, at, at + length, &found)
      if at >= text.count { return found }
      at += length
      swap(&current, &next)
    }
  }

  /// To where a match may begin; false if there is no such place.
  private func skip(_ text: UnsafeRawBufferPointer, _ at: inout Int) throws(RunError) -> Bool {
    guard let first = program.firstBytes else { return true }
    while true {
      let (from, end) = (at, min(text.count, at + Self.bytesPerLook))
      while at < end, !first[Int(text[at])] { at += 1 }
      steps += (at - from) >> 3
      if at < end { return true }
      if at == text.count { return false }
      try Interruption.check()
    }
  }

  private func step(_ text: UnsafeRawBufferPointer, _ value: UInt32?, _ at: Int, _ after: Int, _ found: inout [Int]?) throws(RunError) {
    steps += current.count + 1
    if steps >= Self.stepsPerLook {
      steps = 0
      try Interruption.check()
    }
    for thread in 0..<current.count {
      let place = Int(current.places[thread])
      switch program.instructions[place] {
      case .scalar(let wanted): if value != wanted { continue }
      case .set(let set): if value.map({ program.sets[set].contains($0) }) != true { continue }
      case .match:
        found = (0..<slots).map { current.memories[thread * slots + $0] }
        // The ways behind it are less preferred.
        return
      default: continue
      }
      for slot in 0..<slots { memory[slot] = current.memories[thread * slots + slot] }
      follow(place + 1, after, text, &next)
    }
  }

  /// Adds all that a way comes to without taking a character.
  private func follow(_ start: Int, _ at: Int, _ text: UnsafeRawBufferPointer, _ threads: inout Threads) {
    pending.append(.follow(start))
    while let step = pending.popLast() {
      guard case .follow(var place) = step else {
        if case .restore(let slot, let old) = step { memory[slot] = old }
        continue
      }
      way: while !threads.has(place) {
        let thread = threads.insert(place)
        switch program.instructions[place] {
        case .jump(let target): place = target
        case .split(let first, let second):
          pending.append(.follow(second))
          place = first
        case .save(let slot):
          if slot < slots {
            pending.append(.restore(slot: slot, memory[slot]))
            memory[slot] = at
          }
          place += 1
        case .assertion(let assertion):
          guard Self.holds(assertion, text, at) else { break way }
          place += 1
        default:
          for slot in 0..<slots { threads.memories[thread * slots + slot] = memory[slot] }
          break way
        }
      }
    }
  }

  // MARK: the text

  /// The character at a place and its length in bytes; nil and 0 at the end.
  private static func scalar(_ text: UnsafeRawBufferPointer, _ at: Int) -> (value: UInt32?, length: Int) {
    guard at < text.count else { return (nil, 0) }
    let first = UInt32(text[at])
    if first < 0x80 { return (first, 1) }
    let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
    guard at + length <= text.count else { return (0xfffd, text.count - at) }
    var value = first & (0x7f >> UInt32(length))
    for index in 1..<length { value = value << 6 | UInt32(text[at + index] & 0x3f) }
    return (value, length)
  }

  private static func isWord(_ text: UnsafeRawBufferPointer, before at: Int) -> Bool {
    var start = at - 1
    while start > 0, text[start] & 0xc0 == 0x80 { start -= 1 }
    return start >= 0 && isWord(text, at: start)
  }

  private static func isWord(_ text: UnsafeRawBufferPointer, at place: Int) -> Bool {
    guard let value = scalar(text, place).value else { return false }
    return words.contains(value)
  }

  private static let words = ScalarSet(kinds: [.word])

  private static func holds(_ assertion: PatternAssertion, _ text: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    switch assertion {
    case .textStart: at == 0
    case .textEnd: at == text.count
    case .textEndBeforeNewline: at == text.count || at == text.count - 1 && text[at] == 10
    case .lineStart: at == 0 || text[at - 1] == 10
    case .lineEnd: at == text.count || text[at] == 10 || text[at] == 13 && at + 1 < text.count && text[at + 1] == 10
    case .wordBoundary: isWord(text, before: at) != isWord(text, at: at)
    case .noWordBoundary: isWord(text, before: at) == isWord(text, at: at)
    }
  }
}
