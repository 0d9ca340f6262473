/// Bad values of an input, told all at once.
struct InputProblems {
  /// Told in one go; the rest is counted.
  static let maximumTold = 100

  private var told: [(text: String, path: [Int])] = []
  private var count = 0

  var isEmpty: Bool { count == 0 }
  /// Whether one more will be told, and is worth the search for its place.
  var hasRoom: Bool { told.count < Self.maximumTold }

  /// `text` may be nil where there is no room. `path` tells which value it is about, where one may come again and replace it.
  mutating func add(_ text: String?, path: [Int] = []) {
    if hasRoom, let text { told.append((text, path)) }
    count += 1
  }

  /// What was told of a value counts no more.
  mutating func forget(_ path: [Int]) {
    let before = told.count
    told.removeAll { $0.path.starts(with: path) }
    count -= before - told.count
  }

  /// The error that tells them, with what ended the reading, if anything did.
  func error(with end: RunError? = nil) -> RunError? {
    guard count > 0 else { return end }
    var lines = told.map(\.text)
    if count > told.count { lines.append("\(count - told.count) more") }
    if let end { lines.append(end.message) }
    return RunError(.data, lines.joined(separator: "\n"), hint: end?.hint)
  }
}
