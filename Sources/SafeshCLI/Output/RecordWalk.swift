/// A walk through records one a screen: fed with keys, it says what to show. A record that is taller than the screen takes several.
struct RecordWalk: Sendable, Equatable {
  enum Key: Sendable {
    case next, back, leave
  }

  enum Action: Sendable, Equatable {
    /// The part of a record that begins with this line.
    case show(record: Int, from: Int)
    case end
    case nothing
  }

  let records: Int
  /// Lines of a screen.
  let height: Int
  private(set) var record = 0
  private(set) var line = 0

  init(records: Int, height: Int) {
    self.records = records
    self.height = max(1, height)
  }

  /// What stands first.
  var first: Action { records == 0 ? .end : .show(record: 0, from: 0) }

  /// - Parameter lines: of the record that is shown.
  mutating func take(_ key: Key, lines: Int) -> Action {
    switch key {
    case .leave: return .end
    case .next:
      if line + height < lines {
        line += height
      } else if record + 1 < records {
        (record, line) = (record + 1, 0)
      } else {
        return .end
      }
    case .back:
      if line > 0 {
        line = max(0, line - height)
      } else if record > 0 {
        (record, line) = (record - 1, 0)
      } else {
        return .nothing
      }
    }
    return .show(record: record, from: line)
  }
}
