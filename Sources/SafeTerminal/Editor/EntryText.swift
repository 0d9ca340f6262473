/// Places in an entry, which is an array of scalars: what libedit edits, and what a cursor moves over.
enum EntryText {
  static func string(_ text: some Sequence<UInt32>) -> String {
    var scalars = String.UnicodeScalarView()
    for value in text { scalars.append(Unicode.Scalar(value) ?? "\u{fffd}") }
    return String(scalars)
  }

  static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  /// Where a byte of the text's UTF-8 stands.
  static func place(ofByte byte: Int, in text: [UInt32]) -> Int {
    var bytes = 0
    for (place, value) in text.enumerated() {
      if bytes >= byte { return place }
      bytes += Unicode.Scalar(value).map { UTF8.width($0) } ?? 3
    }
    return text.count
  }

  static func lineStart(_ text: [UInt32], _ place: Int) -> Int { text[..<place].lastIndex(of: 10).map { $0 + 1 } ?? 0 }

  static func lineEnd(_ text: [UInt32], _ place: Int) -> Int { text[place...].firstIndex(of: 10) ?? text.count }

  /// A character goes with the accents that follow it.
  static func behind(_ text: [UInt32], _ place: Int) -> Int {
    guard place < text.count else { return place }
    var end = place + 1
    while end < text.count, joins(text[end]) { end += 1 }
    return end
  }

  static func before(_ text: [UInt32], _ place: Int) -> Int {
    guard place > 0 else { return 0 }
    var start = place - 1
    while start > 0, joins(text[start]) { start -= 1 }
    return start
  }

  static func isWord(_ value: UInt32) -> Bool {
    Unicode.Scalar(value)?.properties.isAlphabetic == true || (48..<58).contains(value) || value == 95
  }

  /// The end of the first word, with what stands before it.
  static func firstWord(_ text: [UInt32]) -> Int {
    var end = 0
    while end < text.count, !isWord(text[end]) { end += 1 }
    while end < text.count, isWord(text[end]) { end += 1 }
    return end
  }

  private static func joins(_ value: UInt32) -> Bool {
    value >= 0x300 && Unicode.Scalar(value).map { DisplayWidth.of($0) } == 0
  }
}
