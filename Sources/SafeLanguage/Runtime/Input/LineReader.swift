/// The lines of a file, without their ends.
struct LineReader: PortionReader {
  private var window: ByteWindow
  private let limits: InputLimits

  init(_ source: InputSource, name: String, limits: InputLimits = .standard, windowSize: Int = ByteWindow.standardSize) throws(RunError) {
    window = try ByteWindow(source, name: name, limit: limits.text, size: windowSize)
    self.limits = limits
  }

  mutating func portion(atMost most: Int) throws(RunError) -> Value? {
    var lines = Pieces<Value>()
    do throws(RunError) { try read(&lines, atMost: most) } catch {
      Interruption.hold(lines, size: lines.count, after: error)
      throw error
    }
    return lines.count == 0 ? nil : .list(lines.joined())
  }

  private mutating func read(_ lines: inout Pieces<Value>, atMost most: Int) throws(RunError) {
    while lines.count < most {
      let start = window.at
      var at = start
      while at < window.end {
        let stop = Scan.equal(Scan.word(at), 10)
        at += stop == 0 ? 8 : stop.trailingZeroBitCount >> 3
        if stop != 0 { break }
      }
      if at >= window.end, !window.isLast {
        _ = try window.refill(keeping: start)
        continue
      }
      at = min(at, window.end)
      if start == window.end { break }
      if let bad = Scan.invalidUTF8(start, at) { throw window.error(at: bad, "this is not UTF-8", hint: "save the file as UTF-8") }
      let end = at > start && at[-1] == 13 ? at - 1 : at
      lines.append(.text(String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)))
      if lines.count > limits.elements { throw window.error(at: start, "over \(limits.elements) lines") }
      window.at = at < window.end ? at + 1 : at
      window.mark(window.at)
    }
  }
}
