/// The order in which the rows of an `each` begin: in their own order, rows of equal key one after another.
///
/// Fed with what finished, it answers what may begin; it knows no tasks and no time.
struct EachSchedule {
  private let keys: [Value]?
  private var next = 0
  private let count: Int
  /// Keys that a row is under way with, and the rows that wait for it.
  /// Slices, since their first is taken without moving the others.
  private var waiting: [Value: ArraySlice<Int>] = [:]
  private var released: ArraySlice<Int> = []
  private(set) var isStopped = false
  private(set) var running = 0

  init(count: Int, keys: [Value]?) {
    self.count = count
    self.keys = keys
  }

  /// The next row that may begin now; nil if there is none, for the moment or for good. To go past rows whose key is under way may take long, so it
  /// asks now and then whether to leave off.
  mutating func begin(isLeavingOff: () -> Bool = { false }) -> Int? {
    if isStopped { return nil }
    if let index = released.popFirst() {
      running += 1
      return index
    }
    while next < count {
      let index = next
      next += 1
      guard let key = keys?[index] else {
        running += 1
        return index
      }
      if waiting[key] != nil {
        waiting[key]?.append(index)
        if next & 0xfff == 0, isLeavingOff() { return nil }
        continue
      }
      waiting[key] = []
      running += 1
      return index
    }
    return nil
  }

  mutating func finish(_ index: Int) {
    running -= 1
    guard let key = keys?[index] else { return }
    if let next = waiting[key]?.popFirst() { released.append(next) } else { waiting[key] = nil }
  }

  /// No further row begins.
  mutating func stop() { isStopped = true }

  /// Whether a later `finish` may let a row begin.
  var isWaiting: Bool { running > 0 && !isStopped }
}
