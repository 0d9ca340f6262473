internal import SafeLanguage
internal import SecretSafeAPI

/// JUnit's XML, as far as its readers agree: a suite for the script, a case for each row. Failed is a failure, unknown an error.
extension RunReport {
  func writeJUnit(to sink: SaveSink) throws(RunError) {
    let (failures, errors) = (ledger.counts[.failed] ?? 0, (ledger.counts[.unknown] ?? 0) + (error == nil ? 0 : 1))
    let skipped = (ledger.counts[.skipped] ?? 0) + (ledger.counts[.notRun] ?? 0)
    let time = Decimals.text(seconds ?? ledger.rows.reduce(0) { $0 + ($1.seconds ?? 0) }, 3)
    let counts = "tests=\"\(ledger.count + (error == nil ? 0 : 1))\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"\(time)\""
    let name = XMLText.escaped(run.script.path)
    // Readers take no fraction and no zone.
    let moment = run.created.description.prefix(19)
    var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"safesh\" \(counts)>\n"
    text += "  <testsuite name=\"\(name)\" \(counts) timestamp=\"\(moment)\" hostname=\"\(XMLText.escaped(run.target.name))\">\n"
    let properties = [("run", isKept ? run.id.description : nil), ("target", run.target.name), ("address", run.target.address), ("mode", run.mode.rawValue)]
    text += "    <properties>\n"
    for case (let key, let value?) in properties { text += "      <property name=\"\(key)\" value=\"\(XMLText.escaped(value))\"/>\n" }
    text += "    </properties>\n"
    for row in ledger.rows {
      text += "    <testcase name=\"\(XMLText.escaped(row.place))\" classname=\"\(name)\" time=\"\(Decimals.text(row.seconds ?? 0, 3))\""
      text += Self.content(of: row).map { ">\($0)</testcase>\n" } ?? "/>\n"
      if text.utf8.count >= 64 << 10 {
        try sink(Array(text.utf8))
        text = ""
      }
    }
    if let error {
      text += "    <testcase name=\"the run\" classname=\"\(name)\" time=\"\(time)\">"
      text += "<error message=\"\(XMLText.escaped(error))\" type=\"ended\"/></testcase>\n"
    }
    try sink(Array((text + "  </testsuite>\n</testsuites>\n").utf8))
  }

  private static func content(of row: LedgerRow) -> String? {
    let element =
      switch row.status {
      case .ok, .unchanged: ""
      case .failed: "failure"
      case .unknown: "error"
      case .skipped, .notRun: "skipped"
      }
    guard !element.isEmpty else { return nil }
    let reason = row.reason.isEmpty ? row.status.rawValue : row.reason
    let type = row.status.isFailure ? " type=\"\(row.status.rawValue)\"" : ""
    let input = row.fields.map { "\($0.name): \($0.text)" }.joined(separator: "\n")
    return "<\(element) message=\"\(XMLText.escaped(reason))\"\(type)>\(XMLText.escaped(input, inAttribute: false))</\(element)>"
  }
}
