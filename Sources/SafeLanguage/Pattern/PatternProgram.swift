/// A regular expression as instructions of a machine that follows all ways through it at once.
struct PatternProgram: Sendable {
  /// Each place of a text may be looked at by all of them.
  static let maximumInstructions = 10_000

  enum Instruction: Sendable {
    case scalar(UInt32)
    case set(Int)
    /// Two ways, the preferred first.
    case split(Int, Int)
    case jump(Int)
    case save(Int)
    case assertion(PatternAssertion)
    case match
  }

  private(set) var instructions: [Instruction] = []
  private(set) var sets: [ScalarSet] = []
  /// The first bytes of what it may match; nil if it may match nothing.
  private(set) var firstBytes: [Bool]?
  /// Whether it can begin at the beginning of the text only.
  private(set) var isAnchored = false
  let groups: Int

  init(_ source: String) throws(PatternError) {
    let (node, groups) = try PatternParser.parse(source)
    self.groups = groups
    do throws(TooLarge) {
      try emit(.save(0))
      try compile(node)
      try emit(.save(1))
      try emit(.match)
    } catch {
      throw PatternError(message: "the pattern is too large", place: 0..<source.utf8.count)
    }
    firstBytes = beginnings()
    isAnchored = Self.isAnchored(node)
  }

  private struct TooLarge: Error {}

  private mutating func emit(_ instruction: Instruction) throws(TooLarge) {
    if instructions.count >= Self.maximumInstructions { throw TooLarge() }
    instructions.append(instruction)
  }

  private mutating func compile(_ node: PatternNode) throws(TooLarge) {
    switch node {
    case .empty: break
    case .scalar(let value): try emit(.scalar(value))
    case .set(let set):
      sets.append(set)
      try emit(.set(sets.count - 1))
    case .assertion(let assertion): try emit(.assertion(assertion))
    case .capture(let number, let node):
      try emit(.save(2 * number))
      try compile(node)
      try emit(.save(2 * number + 1))
    case .sequence(let nodes): for node in nodes { try compile(node) }
    case .choice(let nodes):
      var jumps: [Int] = []
      for node in nodes.dropLast() {
        let split = instructions.count
        try emit(.match)
        try compile(node)
        jumps.append(instructions.count)
        try emit(.match)
        instructions[split] = .split(split + 1, instructions.count)
      }
      if let last = nodes.last { try compile(last) }
      for jump in jumps { instructions[jump] = .jump(instructions.count) }
    case .repetition(let node, let least, let most, let isGreedy): try `repeat`(node, least, most, isGreedy)
    }
  }

  private mutating func `repeat`(_ node: PatternNode, _ least: Int, _ most: Int?, _ isGreedy: Bool) throws(TooLarge) {
    guard let most else {
      for _ in 0..<max(0, least - 1) { try compile(node) }
      // What may match nothing is once or not at all, and then again: so it is tried before it is left out.
      if least > 0 || node.isNullable { return try optionally(least == 0, isGreedy) { program throws(TooLarge) in try program.loop(node, isGreedy) } }
      let split = instructions.count
      try emit(.match)
      try compile(node)
      try emit(.jump(split))
      instructions[split] = ways(split + 1, instructions.count, isGreedy)
      return
    }
    for _ in 0..<least { try compile(node) }
    var splits: [Int] = []
    for _ in 0..<(most - least) {
      splits.append(instructions.count)
      try emit(.match)
      try compile(node)
    }
    for split in splits { instructions[split] = ways(split + 1, instructions.count, isGreedy) }
  }

  private mutating func loop(_ node: PatternNode, _ isGreedy: Bool) throws(TooLarge) {
    let start = instructions.count
    try compile(node)
    let split = instructions.count
    try emit(ways(start, split + 1, isGreedy))
  }

  private mutating func optionally(_ isOptional: Bool, _ isGreedy: Bool, _ body: (inout Self) throws(TooLarge) -> Void) throws(TooLarge) {
    guard isOptional else { return try body(&self) }
    let split = instructions.count
    try emit(.match)
    try body(&self)
    instructions[split] = ways(split + 1, instructions.count, isGreedy)
  }

  private func ways(_ inside: Int, _ outside: Int, _ isGreedy: Bool) -> Instruction { isGreedy ? .split(inside, outside) : .split(outside, inside) }

  // MARK: where it may begin

  private func beginnings() -> [Bool]? {
    var first = [Bool](repeating: false, count: 256)
    var seen = [Bool](repeating: false, count: instructions.count)
    var places = [0]
    while let place = places.popLast() {
      if seen[place] { continue }
      seen[place] = true
      switch instructions[place] {
      case .match: return nil
      case .jump(let target): places.append(target)
      case .split(let a, let b): places += [a, b]
      case .save, .assertion: places.append(place + 1)
      case .scalar(let value): if let byte = Unicode.Scalar(value).flatMap({ String($0).utf8.first }) { first[Int(byte)] = true }
      case .set(let index):
        for value in 0..<UInt32(128) where sets[index].contains(value) { first[Int(value)] = true }
        if sets[index].reachesBeyondASCII { for byte in 0xc2...0xf4 { first[byte] = true } }
      }
    }
    return first
  }

  private static func isAnchored(_ node: PatternNode) -> Bool {
    switch node {
    case .assertion(.textStart): true
    case .capture(_, let node): isAnchored(node)
    case .sequence(let nodes): nodes.first.map { isAnchored($0) } ?? false
    case .choice(let nodes): nodes.allSatisfy { isAnchored($0) }
    default: false
    }
  }
}
