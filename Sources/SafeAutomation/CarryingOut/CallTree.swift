internal import SafeLanguage

/// Which call has to wait for which: one after another, but that the rows of an `each` which goes on after errors know nothing of one another.
struct CallTree: Sendable {
  enum Item: Sendable, Equatable {
    /// The number of a call.
    case call(Int)
    /// Sequences that go side by side: the rows of an `each`.
    case rows([Int])
  }

  /// Items one after another, four bytes each: most sequences are the few calls of a row.
  struct Items: RandomAccessCollection, Sendable {
    /// The number of a call, or below zero the place of a list of rows.
    private var codes: [Int32] = []
    private var rows: [[Int]] = []

    var startIndex: Int { 0 }
    var endIndex: Int { codes.count }
    subscript(index: Int) -> Item { codes[index] >= 0 ? .call(Int(codes[index])) : .rows(rows[Int(-1 - codes[index])]) }

    mutating func append(call: Int) { codes.append(Int32(call)) }

    /// Begins a list of rows.
    mutating func appendRows() {
      rows.append([])
      codes.append(Int32(-rows.count))
    }

    /// Changes the rows at a place, if rows are there.
    mutating func change(_ index: Int, _ change: (inout [Int]) -> Void) { if codes[index] < 0 { change(&rows[Int(-1 - codes[index])]) } }
  }

  struct Sequence: Sendable {
    var items = Items()
    /// The sequence in which its `each` stands; nil for that of the script.
    let parent: Int?
  }

  /// The first is that of the script.
  private(set) var sequences = [Sequence(parent: nil)]

  /// An `each` that is under way.
  private struct Open {
    let parent: Int
    let item: Int
    /// Rows that are not through.
    var left: Int
    /// The sequence of each row that called something.
    var rows: [Int: Int] = [:]
  }

  /// By the path that its rows' paths begin with.
  private var open: [[Int]: Open] = [:]

  // MARK: what a rehearsal tells

  mutating func began(_ each: EachStart) {
    let count = each.rows.elementCount
    guard each.rowsAreIndependent, count > 0 else { return }
    let parent = sequence(of: each.site.path)
    sequences[parent].items.appendRows()
    open[each.site.path] = Open(parent: parent, item: sequences[parent].items.count - 1, left: count)
  }

  mutating func finished(_ row: EachRow) {
    open[row.site.path]?.left -= 1
    if open[row.site.path]?.left == 0 { open[row.site.path] = nil }
  }

  mutating func add(_ call: Int, at path: [Int]) { sequences[sequence(of: path)].items.append(call: call) }

  /// That of the innermost row around a place.
  private mutating func sequence(of path: [Int]) -> Int {
    if open.isEmpty { return 0 }
    for length in (0..<path.count).reversed() {
      let outer = Array(path[..<length])
      guard let (parent, item) = open[outer].map({ ($0.parent, $0.item) }) else { continue }
      if let known = open[outer]?.rows[path[length]] { return known }
      let new = sequences.count
      sequences.append(Sequence(parent: parent))
      // What is looked at while it grows would be copied with every row.
      open[outer]?.rows[path[length]] = new
      sequences[parent].items.change(item) { $0.append(new) }
      return new
    }
    return 0
  }

  /// Rows began in any order: they are put into their own. `first` gives the place of a call.
  mutating func sort(by first: (Int) -> [Int]) {
    var places: [Int: [Int]] = [:]
    for index in sequences.indices.reversed() { places[index] = place(index, places, first) }
    for index in sequences.indices {
      for item in sequences[index].items.indices {
        sequences[index].items.change(item) { $0.sort { (places[$0] ?? []).lexicographicallyPrecedes(places[$1] ?? []) } }
      }
    }
  }

  private func place(_ sequence: Int, _ places: [Int: [Int]], _ first: (Int) -> [Int]) -> [Int] {
    for item in sequences[sequence].items {
      switch item {
      case .call(let call): return first(call)
      case .rows(let rows): if let place = rows.compactMap({ places[$0] }).min(by: { $0.lexicographicallyPrecedes($1) }) { return place }
      }
    }
    return []
  }

  /// The calls in the order in which the script would say them if nothing went side by side.
  var inOrder: [Int] {
    var calls: [Int] = []
    func add(_ sequence: Int) {
      for item in sequences[sequence].items {
        switch item {
        case .call(let call): calls.append(call)
        case .rows(let rows): for row in rows { add(row) }
        }
      }
    }
    add(0)
    return calls
  }
}
