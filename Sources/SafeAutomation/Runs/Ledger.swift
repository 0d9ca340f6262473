public import SafeLanguage

/// What became of a row, as the ledger says it.
public enum LedgerStatus: String, Sendable, CaseIterable {
  case ok, unchanged, failed, unknown, skipped
  case notRun = "not run"

  /// Whether somebody has to look at it.
  public var isFailure: Bool { self == .failed || self == .unknown }

  public init(_ outcome: EachOutcome) {
    switch outcome {
    case .ok: self = .ok
    case .unchanged: self = .unchanged
    case .failed: self = .failed
    case .unknown: self = .unknown
    case .notRun: self = .notRun
    }
  }
}

/// A row of `each` with what became of it.
public struct LedgerRow: Sendable {
  /// The input's columns in their order.
  public var fields: [(name: String, text: String)]
  public var status: LedgerStatus
  /// Why it is so; empty where nothing is to be told.
  public var reason: String
  /// The first object that the row made or found.
  public var id: String
  /// How often its requests that change something were sent.
  public var attempts: Int
  /// Where the row comes from: `hires.csv:17`, or how people call it.
  public var place: String
  public var seconds: Double?

  public init(
    fields: [(name: String, text: String)], status: LedgerStatus, reason: String = "", id: String = "", attempts: Int = 0, place: String,
    seconds: Double? = nil
  ) {
    self.fields = fields
    self.status = status
    self.reason = reason
    self.id = id
    self.attempts = attempts
    self.place = place
    self.seconds = seconds
  }
}

/// Every row of a run's `each`, with the input's columns and what became of it.
///
/// Rows of several `each` stand below one another; their columns are those of all, in the order in which they first appear.
public struct Ledger: Sendable {
  /// The ledger's own columns, which come last.
  static let own = ["status", "reason", "id", "attempts"]

  /// Rows of one input have the same columns, so their names are kept once.
  private struct Entry: Sendable {
    var head: Int
    var values: [String]
    var row: LedgerRow
  }

  private var heads: [[String]] = []
  private var entries: [Entry] = []
  private var known: Set<String> = []
  /// The input's columns as the ledger names them.
  public private(set) var columns: [String] = []
  public private(set) var counts: [LedgerStatus: Int] = [:]

  public init() {}

  public var count: Int { entries.count }

  public mutating func add(_ row: LedgerRow) {
    let names = row.fields.map(\.name)
    var head = heads.count - 1
    if head < 0 || heads[head] != names { head = heads.firstIndex(of: names) ?? heads.count }
    if head == heads.count {
      heads.append(names)
      for name in names.map(Self.column) where known.insert(name).inserted { columns.append(name) }
    }
    counts[row.status, default: 0] += 1
    var rest = row
    rest.fields = []
    entries.append(Entry(head: head, values: row.fields.map(\.text), row: rest))
  }

  public var rows: some Sequence<LedgerRow> { entries.lazy.map { row($0) } }

  /// Those that failed, or of which nobody knows what became of them.
  public var failures: some Sequence<LedgerRow> { entries.lazy.filter { $0.row.status.isFailure }.map { row($0) } }

  private func row(_ entry: Entry) -> LedgerRow {
    var row = entry.row
    row.fields = zip(heads[entry.head], entry.values).map { (name: $0, text: $1) }
    return row
  }

  /// How the ledger names a column of the input: one that is named as a column of ours gets `input.` in front, and so does one that would then have
  /// the name of such a one.
  static func column(_ name: String) -> String {
    var bare = name[...]
    while bare.hasPrefix("input.") { bare = bare.dropFirst("input.".count) }
    return own.contains(String(bare)) ? "input." + name : name
  }

  /// The table as CSV (RFC 4180), part by part; lines end as those of `save` do.
  public func writeCSV<E: Error>(to sink: ([UInt8]) throws(E) -> Void) throws(E) {
    var text = CSVText()
    text.line(columns + Self.own)
    let places = Dictionary(uniqueKeysWithValues: zip(columns, columns.indices))
    let columnsOfHeads = heads.map { $0.map { places[Self.column($0)] } }
    for entry in entries {
      var cells = [String](repeating: "", count: columns.count)
      for (place, value) in zip(columnsOfHeads[entry.head], entry.values) { if let place { cells[place] = value } }
      text.line(cells + [entry.row.status.rawValue, entry.row.reason, entry.row.id, String(entry.row.attempts)])
      if text.bytes.count >= 64 << 10 {
        try sink(text.bytes)
        text.bytes.removeAll(keepingCapacity: true)
      }
    }
    try sink(text.bytes)
  }
}

/// Lines of CSV.
private struct CSVText {
  var bytes: [UInt8] = []

  mutating func line(_ cells: [String]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      add(cell)
    }
    bytes.append(UInt8(ascii: "\n"))
  }

  private mutating func add(_ text: String) {
    let quote = UInt8(ascii: "\"")
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == quote || $0 == 10 || $0 == 13 }) else { return bytes += text.utf8 }
    bytes.append(quote)
    for byte in text.utf8 {
      if byte == quote { bytes.append(byte) }
      bytes.append(byte)
    }
    bytes.append(quote)
  }
}
