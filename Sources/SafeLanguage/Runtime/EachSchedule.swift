/// The order in which the rows of an `each` begin: in their own order, rows of equal key one after another.
///
/// Fed with what finished, it answers what may begin; it knows no tasks and no time.
struct EachSchedule {
  private let keys: [Value]?
  private var next = 0
  private let count: Int
  /// Keys that a row is under way with, and the rows that wait for it.
  private var waiting: [Value: [Int]] = [:]
  private var released: [Int] = []
  private(set) var isStopped = false
  private(set) var running = 0

  init(count: Int, keys: [Value]?) {
    self.count = count
    self.keys = keys
  }

  /// The next row that may begin now; nil if there is none, for the moment or for good.
  mutating func begin() -> Int? {
    if isStopped { return nil }
    if !released.isEmpty {
      running += 1
      return released.removeFirst()
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
    if var rows = waiting[key], !rows.isEmpty {
      released.append(rows.removeFirst())
      waiting[key] = rows
    } else {
      waiting[key] = nil
    }
  }

  /// No further row begins.
  mutating func stop() { isStopped = true }

  /// Whether a later `finish` may let a row begin.
  var isWaiting: Bool { running > 0 && !isStopped }
}
