extension SourceFile {
  /// Whether a line seems to use another file.
  public var usesFiles: Bool {
    bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.starts(with: "use".utf8)
    }
  }
}

/// Positions as editors count them: lines from 0, and UTF-16 units from the line's start.
extension SourceFile {
  /// Line and character of a byte offset as editors count them: from 0, in units of UTF-16.
  public func utf16Position(_ offset: Int) -> (line: Int, character: Int) {
    let offset = min(max(offset, 0), bytes.count)
    let line = line(at: offset)
    return (line - 1, text(lineRange(line).start, offset).utf16.count)
  }

  /// The byte offset of a position; one beyond the line is its end, one beyond the last line the end of all.
  public func offset(line: Int, utf16 character: Int) -> Int {
    guard line >= 0 else { return 0 }
    guard line < lineCount else { return bytes.count }
    let range = lineRange(line + 1)
    var at = range.start
    var units = 0
    while at < range.end, units < character {
      let byte = bytes[at]
      let length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4
      units += length == 4 ? 2 : 1
      // The middle of a character is its start.
      if units > character { break }
      at = min(at + length, range.end)
    }
    return at
  }
}

/// A position that is moved on through a source, which costs what lies between.
public struct UTF16Position {
  private let source: SourceFile
  private var offset = 0
  private var line = 0
  private var character = 0

  /// The start.
  public init(_ source: SourceFile) { self.source = source }

  /// Where an offset is that does not lie before the last one.
  public mutating func moved(to next: Int) -> (line: Int, character: Int) {
    while offset < next, offset < source.bytes.count {
      let byte = source.bytes[offset]
      if byte == UInt8(ascii: "\n") {
        (line, character) = (line + 1, 0)
      } else if byte & 0xc0 != 0x80 {
        character += byte >= 0xf0 ? 2 : 1
      }
      offset += 1
    }
    return (line, character)
  }
}
