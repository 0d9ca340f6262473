internal import SafeLanguage
internal import SafeTerminal
internal import Synchronization

/// Files that are written, of which the prompt tells.
extension Console {
  func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    if display.isPaged, InputFiles.exists(path) { replaced.withLock { _ = $0.insert(path) } }
    try OutputFiles.save(path, toOutput: { [self] in data($0) }, contents)
  }

  func saved(_ path: String, _ rows: Int?) {
    let wasThere = replaced.withLock { $0.remove(path) != nil }
    guard display.isPaged, path != "-" else { return }
    let count = rows.map { ": \($0) \($0 == 1 ? "row" : "rows")" } ?? ""
    message("\(wasThere ? "replaced" : "saved") \(TableLayout.Cell(path).text)\(count)", .dim)
  }
}
