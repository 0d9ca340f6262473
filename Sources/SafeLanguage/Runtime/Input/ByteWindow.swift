/// A part of an input in memory, moved on as it is read. Behind its end stand zeros, so that eight bytes may be looked at anywhere and
/// what looks for an end always finds one.
struct ByteWindow {
  /// Fits the second-level cache, so that what is read is scanned there.
  static let standardSize = 256 << 10
  static let padding = 64

  let name: String
  private let source: InputSource
  private let limit: Int
  private var memory: Memory
  private(set) var start: UnsafeMutablePointer<UInt8>
  /// What is read next.
  var at: UnsafePointer<UInt8>
  private(set) var end: UnsafePointer<UInt8>
  /// Nothing comes behind the end.
  private(set) var isLast = false
  /// Line and character of the start.
  private var startLine = 1
  private var startColumn = 1
  /// Where the last line began that was told, or the start.
  private var marked: (at: UnsafePointer<UInt8>, line: Int, column: Int)

  /// Whether characters of several bytes were met since the window moved; if not, they need not be counted.
  var hasWideCharacters = false
  /// Places to be told perhaps, when the window has moved on: offsets from the start, until they leave it.
  private var pins: [(offset: Int, line: Int, column: Int)] = []

  private final class Memory {
    let base: UnsafeMutablePointer<UInt8>
    let capacity: Int

    init(_ capacity: Int) {
      self.capacity = capacity
      base = .allocate(capacity: capacity + ByteWindow.padding)
      base.initialize(repeating: 0, count: capacity + ByteWindow.padding)
    }

    deinit { base.deallocate() }
  }

  /// `name` stands in front of each place. A byte order mark is left out.
  init(_ source: InputSource, name: String, limit: Int, size: Int = Self.standardSize) throws(RunError) {
    self.name = name
    self.source = source
    self.limit = limit
    memory = Memory(size)
    start = memory.base
    at = UnsafePointer(start)
    end = at
    marked = (at, 1, 1)
    while end - at < 3, !isLast { _ = try refill(keeping: at) }
    if end - at >= 3, at[0] == 0xef, at[1] == 0xbb, at[2] == 0xbf {
      at += 3
      startColumn = 0
      marked.column = 0
      hasWideCharacters = true
    }
  }

  /// Reads on. What stands from a place on is kept, and may have moved: gives its new place, and puts `at` there.
  mutating func refill(keeping kept: UnsafePointer<UInt8>) throws(RunError) -> UnsafePointer<UInt8> {
    let rest = end - kept
    advance(to: kept)
    if rest > memory.capacity / 2 {
      guard rest <= limit else { throw error(at: kept, "over \(limit >> 20) MiB in one piece", hint: "split the file") }
      let larger = Memory(memory.capacity * 2)
      larger.base.update(from: kept, count: rest)
      memory = larger
      start = larger.base
    } else if rest > 0 {
      start.update(from: kept, count: rest)
    }
    let count = try source.read(into: UnsafeMutableRawBufferPointer(start: start + rest, count: memory.capacity - rest))
    isLast = count == 0
    at = UnsafePointer(start)
    end = at + rest + count
    (start + rest + count).update(repeating: 0, count: Self.padding)
    marked = (at, startLine, startColumn)
    return at
  }

  /// Tells that a line begins at a place. Who reads tells every line before the window moves on beyond it.
  @inline(__always)
  mutating func mark(_ place: UnsafePointer<UInt8>, lines: Int = 1) { marked = (place, marked.line + lines, 1) }

  /// The line of what is read next, as far as lines were told.
  var line: Int { marked.line }

  /// Takes line and character along to what becomes the start.
  private mutating func advance(to place: UnsafePointer<UInt8>) {
    for index in pins.indices where pins[index].line == 0 {
      let pinned = UnsafePointer(start) + pins[index].offset
      if pinned < place {
        (pins[index].line, pins[index].column) = pinned >= marked.at ? positionInLine(pinned) : position(of: pinned)
      } else {
        pins[index].offset -= place - UnsafePointer(start)
      }
    }
    (startLine, startColumn) = positionInLine(place)
    hasWideCharacters = false
  }

  /// The position of a place in the line that began last.
  private func positionInLine(_ place: UnsafePointer<UInt8>) -> (line: Int, column: Int) {
    (marked.line, marked.column + (hasWideCharacters ? Scan.characters(marked.at, place) : place - marked.at))
  }

  /// Line and character of any place, from 1, counted anew.
  func position(of place: UnsafePointer<UInt8>) -> (line: Int, column: Int) {
    let lineStart = Scan.lineStart(start, place)
    let column = lineStart == UnsafePointer(start) ? startColumn : 1
    return (startLine + Scan.count(10, start, place), column + Scan.characters(lineStart, place))
  }

  /// `hires.csv:4:17`
  func place(_ place: UnsafePointer<UInt8>) -> String {
    let (line, column) = position(of: place)
    return "\(name):\(line):\(column)"
  }

  /// Remembers the place that is read next, until `unpin`.
  mutating func pin() { pins.append((at - UnsafePointer(start), 0, 0)) }

  mutating func unpin() { pins.removeLast() }

  /// The place that was remembered last.
  var pinnedPlace: String {
    guard let pin = pins.last else { return name }
    return pin.line > 0 ? "\(name):\(pin.line):\(pin.column)" : place(UnsafePointer(start) + pin.offset)
  }

  func error(at place: UnsafePointer<UInt8>, _ message: String, hint: String? = nil) -> RunError {
    RunError(.data, "\(self.place(place)): \(message)", hint: hint)
  }
}
