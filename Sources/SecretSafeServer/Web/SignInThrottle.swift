import SecretSafeAPI

/// Slows down who fails again and again: some attempts are free, then each one doubles the wait for the next. It is fed with keys and moments.
struct SignInThrottle: Sendable {
  struct Rule: Hashable, Sendable {
    /// Attempts without a wait.
    let free: Int
    /// Seconds, from the first wait on.
    let longest: Int
  }

  /// Of one account: few, as a person knows the own password. Short, as others can bring about the wait.
  static let account = Rule(free: 5, longest: 300)
  /// Of one client: many people may share an address.
  static let client = Rule(free: 20, longest: 900)
  /// Keys that are remembered; beyond it the ones that were silent longest go.
  static let capacity = 10_000
  /// Seconds after which a key's failures are forgotten.
  static let memory = 3_600

  private struct Entry {
    var failures: Int
    var last: Timestamp
    var next: Timestamp
  }

  let rule: Rule
  private let capacity: Int
  private var entries: [String: Entry] = [:]

  init(_ rule: Rule, capacity: Int = Self.capacity) {
    self.rule = rule
    self.capacity = capacity
  }

  var count: Int { entries.count }

  /// Whole seconds until the key may try again; nil for at once.
  func wait(_ key: String, at now: Timestamp) -> Int? {
    guard let entry = current(key, now), entry.next > now else { return nil }
    return Int((entry.next.microseconds - now.microseconds + 999_999) / 1_000_000)
  }

  /// Counts an attempt, before its outcome is known: those that run at the same time must not all be free.
  mutating func begin(_ key: String, at now: Timestamp) {
    var entry = current(key, now) ?? Entry(failures: 0, last: now, next: now)
    entry.failures += 1
    entry.last = now
    entry.next = next(entry, now)
    if entries[key] == nil, entries.count >= capacity { makeRoom(now) }
    entries[key] = entry
  }

  /// Says that an attempt has failed by now: the wait is from here on.
  mutating func fail(_ key: String, at now: Timestamp) {
    guard var entry = entries[key] else { return }
    entry.next = max(entry.next, next(entry, now))
    entries[key] = entry
  }

  private func next(_ entry: Entry, _ now: Timestamp) -> Timestamp {
    let beyond = entry.failures - rule.free
    return beyond > 0 ? now.adding(seconds: min(rule.longest, 1 << min(beyond, 20))) : now
  }

  /// Takes one attempt back, which was none of guessing.
  mutating func takeBack(_ key: String, at now: Timestamp) {
    guard var entry = entries[key] else { return }
    entry.failures -= 1
    entry.next = now
    entries[key] = entry.failures > 0 ? entry : nil
  }

  mutating func forget(_ key: String) { entries[key] = nil }

  private func current(_ key: String, _ now: Timestamp) -> Entry? {
    entries[key].flatMap { $0.last.adding(seconds: Self.memory) > now ? $0 : nil }
  }

  /// Half of them at once, so that a flood of keys does not search for each.
  private mutating func makeRoom(_ now: Timestamp) {
    entries = entries.filter { $0.value.last.adding(seconds: Self.memory) > now }
    guard entries.count >= capacity else { return }
    for (key, _) in entries.sorted(by: { $0.value.last < $1.value.last }).prefix(max(1, capacity / 2)) { entries[key] = nil }
  }
}
