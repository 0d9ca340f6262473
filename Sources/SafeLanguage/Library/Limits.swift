/// How much one value may hold. A slip as `range(10_000_000_000).map(it)` or `"x".padLeft(1_000_000_000)` is told with its place,
/// instead of taking the memory of the machine.
enum Limits {
  /// Sixteen times the largest list that administrators of an organization have (a million events); it takes 400 MB.
  static let elements = 1 << 24
  /// A page of text has some thousand bytes; a file that is read whole can have as many.
  static let textBytes = 1 << 26

  /// Cells of a table that is made of others, 16 bytes each: a million events have 15 million, and this is 512 MiB.
  static let cells = 1 << 25
  /// What a process may hold. Values that are each small enough can be too much together, and a machine that swaps helps nobody.
  static let memoryBytes = 3 << 30

  /// The rows of a table that is made of others.
  @inline(__always)
  static func require(rows count: Int, width: Int, _ span: Span) throws(RunError) {
    try require(elements: count, span)
    if count &* width > cells {
      throw RunError(
        .limit, "a table of \(width) columns has at most \(cells / width) rows", span: span, hint: "take fewer rows first, or select fewer columns")
    }
  }

  static func require(elements count: Int, _ span: Span? = nil) throws(RunError) {
    if count > elements {
      throw RunError(.limit, "a list has at most \(elements) elements", span: span, hint: "take fewer, or go through them with 'for'")
    }
  }

  static func require(bytes count: Int, _ span: Span? = nil) throws(RunError) {
    if count > textBytes { throw RunError(.limit, "a text has at most \(textBytes >> 20) MiB", span: span, hint: "make it in parts") }
  }

  /// The length of a text that repeats another, if it is none too long.
  static func require(_ count: Int, times bytes: Int) throws(RunError) {
    let (product, overflow) = count.multipliedReportingOverflow(by: bytes)
    try require(bytes: overflow ? .max : product)
  }
}

extension Value {
  /// Refuses a range that is too long to be a list. Others are lists already.
  func requireList() throws(RunError) {
    if case .range = self { try Limits.require(elements: elementCount) }
  }

  /// Refuses what holds such a range, before it is put out.
  func requireFinite() throws(RunError) {
    var beat = Beat()
    try requireFinite(&beat)
  }

  fileprivate func requireFinite(_ beat: inout Beat) throws(RunError) {
    switch self {
    case .range: try requireList()
    case .list(let elements):
      for element in elements {
        try beat.turn()
        try element.requireFinite(&beat)
      }
    case .record(let row): try row.table.requireFinite(row.index..<row.index + 1, &beat)
    case .table(let table): try table.requireFinite(0..<table.count, &beat)
    default: break
    }
  }
}

extension Table {
  fileprivate func requireFinite(_ rows: Range<Int>, _ beat: inout Beat) throws(RunError) {
    for column in type.fields.indices {
      switch type.fields[column].type.required {
      case .list, .record, .table:
        for row in rows {
          try beat.turn()
          try value(row, column).requireFinite(&beat)
        }
      default: break
      }
    }
  }
}
