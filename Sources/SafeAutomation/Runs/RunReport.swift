public import SafeLanguage
internal import SecretSafeAPI

/// What a run came to, for a file: `--report FILE`.
public struct RunReport: Sendable {
  /// By the ending of the file.
  public enum Format: String, Sendable, CaseIterable {
    /// The ledger.
    case csv
    /// All of it, for programs.
    case json
    /// A page to read.
    case md
    /// JUnit's, for servers of continuous integration.
    case xml

    /// Nil for another ending.
    public init?(path: String) {
      guard let dot = path.lastIndex(of: "."), let format = Format(rawValue: path[path.index(after: dot)...].lowercased()) else { return nil }
      self = format
    }

    /// What is wrong with a path that has none of these endings.
    public static func refusal(of path: String) -> String {
      "the ending of '\(path)' tells no form of a report; end it with \(allCases.map { ".\($0)" }.joined(separator: ", "))"
    }
  }

  public var run: RunRecord
  public var ledger: Ledger
  /// What ended the run before its end.
  public var error: String?
  /// False for a run without a folder: one that only reads.
  public var isKept: Bool

  public init(run: RunRecord, ledger: Ledger, error: String? = nil, isKept: Bool = true) {
    self.run = run
    self.ledger = ledger
    self.error = error
    self.isKept = isKept
  }

  /// Writes it part by part.
  public func write(_ format: Format, to sink: SaveSink) throws(RunError) {
    switch format {
    case .csv: try ledger.writeCSV(to: sink)
    case .json: try writeJSON(to: sink)
    case .md: try writeMarkdown(to: sink)
    case .xml: try writeJUnit(to: sink)
    }
  }

  /// From the beginning to the end; nil for a run that did not end.
  var seconds: Double? { run.ended.map { Double($0.microseconds - run.created.microseconds) / 1_000_000 } }

  private func writeJSON(to sink: SaveSink) throws(RunError) {
    var writer = JSONWriter()
    writer.object { object in
      object.key("run")
      object.object { run in
        run.member("id", isKept ? self.run.id.description : nil)
        run.member("script", self.run.script.path)
        run.member("target", self.run.target.name)
        run.member("address", self.run.target.address)
        run.member("mode", self.run.mode.rawValue)
        run.member("state", self.run.state.rawValue)
        run.member("created", self.run.created)
        run.member("ended", self.run.ended)
        run.member("exitStatus", self.run.exitStatus)
        run.member("error", error)
      }
      object.key("counts")
      object.counts(ledger.counts)
      object.key("calls")
      object.calls(self.run.calls)
      object.key("rows")
      object.array(ledger.rows) { writer, row in writer.row(row) }
    }
    try sink(writer.bytes + [UInt8(ascii: "\n")])
  }
}

extension JSONWriter {
  fileprivate mutating func row(_ row: LedgerRow) {
    object { object in
      object.member("place", row.place)
      object.member("status", row.status.rawValue)
      object.member("reason", row.reason.isEmpty ? nil : row.reason)
      object.member("id", row.id.isEmpty ? nil : row.id)
      object.member("attempts", row.attempts)
      object.key("seconds")
      if let seconds = row.seconds { object.number(Decimals.text(seconds, 6)) } else { object.null() }
      object.key("input")
      object.object { input in
        for field in row.fields {
          input.key(field.name)
          input.string(field.text)
        }
      }
    }
  }
}

/// Numbers with a fixed count of decimals.
enum Decimals {
  static func text(_ value: Double, _ decimals: Int) -> String {
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    let count = Int(max(0, min(value, 1e9)) * Double(unit) + 0.5)
    let rest = String(count % unit)
    return "\(count / unit)." + String(repeating: "0", count: decimals - rest.count) + rest
  }
}
