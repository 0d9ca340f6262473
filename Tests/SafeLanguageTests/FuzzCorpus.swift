import SafeLanguage

/// Inputs as lines of text: what a fuzzer found worth keeping is read, compared and kept like source.
enum FuzzCorpus {
  /// Printable characters stand for themselves, all else is `\xHH`.
  static func escaped(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    var line = ""
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "\\"): line += "\\\\"
      case 0x20..<0x7f: line.unicodeScalars.append(Unicode.Scalar(byte))
      default: line += "\\x\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
    return line
  }

  /// The inputs of a corpus, one for each line.
  static func inputs(_ text: String) -> [[UInt8]] {
    text.split(separator: "\n").map { line in
      var bytes: [UInt8] = []
      var rest = Array(line.utf8)[...]
      while let byte = rest.popFirst() {
        guard byte == UInt8(ascii: "\\"), let next = rest.popFirst() else {
          bytes.append(byte)
          continue
        }
        if next == UInt8(ascii: "x"), let number = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
          bytes.append(number)
          rest = rest.dropFirst(2)
        } else {
          bytes.append(next)
        }
      }
      return bytes
    }
  }

  /// The words that a fuzzer puts in: keywords, and whatever completion offers at places of each kind.
  static var words: [String] {
    let completer = Completer(schema: TestWorld.schema, variables: [:])
    let places = ["", "people | ", "people.", "people[0].", "[1].", "\"\".", "1.5.", "today().", "people | where .", "greet ", "hire ", "people.where .mood == "]
    let offered = places.flatMap { completer.candidates($0, at: $0.utf8.count).candidates.map(\.text) }
    let signs = ["?.", "??", "+=", "==", "!=", "<=", ">=", "//", "->", "\"\"\"", "\\u{", "##", "2026-01-31", "10:00:00Z", "24h", "500ms", "ann@acme.com"]
    return Array(Set(Keyword.allCases.map(\.rawValue) + offered + signs)).sorted().filter { !$0.isEmpty }
  }
}
