internal import SecretSafeAPI

/// The slots of the shared file in which a path may be: eight that it has in common with others. A slot that cannot be read is a free one.
///
/// A slot: checksum of the rest, key, last use, hold, outstanding, number of limits, and for each limit what a `LimitWindow` has. All are 64-bit numbers,
/// the least byte first; a time that is not there is 0.
struct BudgetSlots {
  /// Changes with the form, so that another version's slots are none.
  private static let version: UInt64 = 1
  private static let buckets: UInt64 = 64
  private static let slots = 8
  private static let headWords = 6
  static let windowWords = 9
  private static let slotBytes = 8 * (headWords + windowWords * PathBudget.mostLimits)
  static let bucketBytes = slots * slotBytes

  static func offset(of key: UInt64) -> Int { Int(key % buckets) * bucketBytes }

  fileprivate(set) var bytes: [UInt8]

  func budget(_ key: UInt64) -> PathBudget? { slot(of: key).flatMap { PathBudget(words: words($0)) } }

  private func slot(of key: UInt64) -> Int? {
    (0..<Self.slots).first { word($0, 1) == key && isWhole(words($0)) }
  }

  private func isWhole(_ words: [UInt64]) -> Bool { Self.checksum(words) == words[0] }

  /// The range of the bytes that changed. The place is the path's own, or a free one, or that which was not used for the longest time.
  mutating func store(_ budget: PathBudget, _ key: UInt64, at now: Timestamp) -> Range<Int> {
    let slot = slot(of: key) ?? (0..<Self.slots).min { lastUse($0) < lastUse($1) } ?? 0
    var words: [UInt64] = [0, key, UInt64(bitPattern: now.microseconds)] + budget.words
    words += Array(repeating: 0, count: Self.slotBytes / 8 - words.count)
    words[0] = Self.checksum(words)
    let range = slot * Self.slotBytes..<(slot + 1) * Self.slotBytes
    bytes.replaceSubrange(range, with: words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) } })
    return range
  }

  private func lastUse(_ slot: Int) -> Int64 { isWhole(words(slot)) ? Int64(bitPattern: word(slot, 2)) : .min }

  private func words(_ slot: Int) -> [UInt64] { (0..<Self.slotBytes / 8).map { word(slot, $0) } }

  private func word(_ slot: Int, _ index: Int) -> UInt64 {
    let start = slot * Self.slotBytes + index * 8
    var word: UInt64 = 0
    for offset in (0..<8).reversed() { word = word << 8 | UInt64(bytes[start + offset]) }
    return word
  }

  private static func checksum(_ words: [UInt64]) -> UInt64 {
    var hash = StableHash()
    hash.combine("safesh pacing \(version)")
    for word in words.dropFirst() { for shift in stride(from: 0, to: 64, by: 8) { hash.combine(UInt8(truncatingIfNeeded: word >> UInt64(shift))) } }
    return hash.value
  }
}

extension PathBudget {
  /// Behind key and last use.
  fileprivate var words: [UInt64] {
    [hold.word, UInt64(clamping: outstanding), UInt64(windows.count)] + windows.flatMap(\.words)
  }

  fileprivate init?(words: [UInt64]) {
    let count = Int(clamping: words[5])
    guard count <= Self.mostLimits else { return nil }
    self.init()
    hold = Timestamp(word: words[3])
    outstanding = min(Int(clamping: words[4]), 1_000_000)
    for index in 0..<count {
      guard let window = LimitWindow(words: words.dropFirst(6 + BudgetSlots.windowWords * index).prefix(BudgetSlots.windowWords)) else { return nil }
      windows.append(window)
    }
    lastSent = windows.compactMap(\.lastSent).max()
    isKnown = true
  }
}

extension LimitWindow {
  fileprivate var words: [UInt64] {
    [
      UInt64(clamping: limit.count), UInt64(clamping: limit.period) << 1 | (isLearned ? 1 : 0), firstSent.word, firstAnswered.word, lastSent.word, toldEnd.word,
      UInt64(clamping: count), UInt64(clamping: carried), spreadUntil.word,
    ]
  }

  fileprivate init?(words: ArraySlice<UInt64>) {
    let words = Array(words)
    let most = UInt64(LimitRules.highestLimit)
    guard 1...most ~= words[0], 1...UInt64(LimitRules.longestDays * 86_400) ~= words[1] >> 1, words[6] <= 2 * most, words[7] <= 2 * most else { return nil }
    self.init(RateLimit(count: Int(words[0]), period: Int(words[1] >> 1)), isLearned: words[1] & 1 == 1)
    firstSent = Timestamp(word: words[2])
    firstAnswered = Timestamp(word: words[3])
    lastSent = Timestamp(word: words[4])
    toldEnd = Timestamp(word: words[5])
    count = Int(words[6])
    carried = Int(words[7])
    spreadUntil = Timestamp(word: words[8])
  }
}

extension Timestamp {
  /// Nil for 0, and for what no clock shows.
  fileprivate init?(word: UInt64) {
    guard 1...UInt64(1) << 56 ~= word else { return nil }
    self.init(microseconds: Int64(word))
  }
}

extension Timestamp? {
  fileprivate var word: UInt64 { map { UInt64(clamping: $0.microseconds) } ?? 0 }
}
