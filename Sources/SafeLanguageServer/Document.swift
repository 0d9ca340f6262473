internal import SafeLanguage

/// A script that an editor has open.
struct Document {
  let uri: String
  private(set) var source: SourceFile
  private(set) var version: Int?
  /// What is known of this text; nil until somebody asks.
  var analysis: Analysis?

  init(uri: String, text: String, version: Int?) {
    self.uri = uri
    source = SourceFile(name: Self.path(uri) ?? uri, text: text)
    self.version = version
  }

  /// Replaces everything, or what a range covers.
  mutating func change(_ changes: [JSON], version: Int?) {
    for change in changes {
      guard let text = change["text"]?.string else { continue }
      guard let range = change["range"], range != .null, let span = span(range) else {
        source = SourceFile(name: source.name, text: text)
        continue
      }
      source = SourceFile(name: source.name, bytes: Array(source.bytes[..<span.start]) + Array(text.utf8) + Array(source.bytes[span.end...]))
    }
    self.version = version ?? self.version
    analysis = nil
  }

  // MARK: positions

  func offset(_ position: JSON?) -> Int? {
    guard let line = position?["line"]?.int, let character = position?["character"]?.int else { return nil }
    return source.offset(line: line, utf16: character)
  }

  func span(_ range: JSON?) -> Span? {
    guard let start = offset(range?["start"]), let end = offset(range?["end"]) else { return nil }
    return Span(min(start, end), max(start, end))
  }

  // MARK: addresses

  /// The path of a `file:` address.
  static func path(_ uri: String) -> String? {
    guard uri.hasPrefix("file://") else { return nil }
    var bytes: [UInt8] = []
    var rest = uri.utf8.dropFirst(7)[...]
    // Some write the machine, which is this one.
    if rest.starts(with: "localhost/".utf8) { rest = rest.dropFirst(9) }
    while let byte = rest.popFirst() {
      let digits = rest.prefix(2)
      if byte == UInt8(ascii: "%"), digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes.first == UInt8(ascii: "/") ? String(decoding: bytes, as: UTF8.self) : nil
  }

  /// The `file:` address of a path.
  static func uri(_ path: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF".utf8)
    var bytes = Array("file://".utf8)
    for byte in path.utf8 {
      let isPlain = byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber || "/-._~".utf8.contains(byte))
      bytes += isPlain ? [byte] : [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension SourceFile {
  func position(of offset: Int) -> JSON {
    let (line, character) = utf16Position(offset)
    return ["line": .int(line), "character": .int(character)]
  }

  func range(_ span: Span) -> JSON { ["start": position(of: span.start), "end": position(of: max(span.start, span.end))] }
}
