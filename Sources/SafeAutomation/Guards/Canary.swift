/// Lets the first rows of the first `each` that writes go alone, until somebody has looked at what became of them.
///
/// Rows are told by the paths of their calls: that of the `each`, then the row's number.
struct Canary: Sendable {
  enum State: Sendable, Equatable { case waiting, asking, passed, refused }

  let size: Int
  private(set) var state = State.waiting
  private var each: [Int]?
  private var total = 0
  private var done: Set<Int> = []
  private var failed = 0

  init(_ size: Int) { self.size = size }

  /// An `each` begins. If it is another one, the first is over.
  mutating func began(_ path: [Int], rows: Int) {
    guard let each else {
      (self.each, total) = (path, rows)
      return
    }
    if row(of: path, in: each) == nil, state == .waiting { state = .passed }
  }

  mutating func finished(_ path: [Int], _ index: Int, isFailed: Bool) {
    guard path == each, index < size, done.insert(index).inserted, isFailed else { return }
    failed += 1
  }

  enum Answer: Equatable { case go, wait, ask, refused }

  /// Whether a call may go now. Who is told to ask does so for all.
  mutating func call(at path: [Int]) -> Answer {
    guard let each, let row = row(of: path, in: each), row >= size else { return .go }
    switch state {
    case .passed: return .go
    case .refused: return .refused
    case .asking: return .wait
    case .waiting:
      guard done.count >= size else { return .wait }
      state = .asking
      return .ask
    }
  }

  mutating func answered(_ yes: Bool) { state = yes ? .passed : .refused }

  var question: String {
    let rest = total - size
    let result = failed == 0 ? "none of them failed" : "\(failed) of them failed"
    return "\(size) \(size == 1 ? "row is" : "rows are") done, and \(result). Go on with the other \(rest)? [y/N] "
  }

  private func row(of path: [Int], in each: [Int]) -> Int? { path.count > each.count && path.starts(with: each) ? path[each.count] : nil }
}
