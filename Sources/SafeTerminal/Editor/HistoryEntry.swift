internal import Glibc

/// An entry that was read: when, what came of it, and what is kept of its text.
public struct HistoryEntry: Sendable, Equatable {
  /// UTC, as in `2026-11-29T20:16:44Z`; nil for entries of a file that had no times.
  public var time: String?
  /// The outcome of an entry that went wrong.
  public static let failed = "error"
  /// nil until the prompt told, and for an entry that ended the process.
  public var outcome: String?
  public var text: String

  public init(time: String?, outcome: String?, text: String) {
    self.time = time
    self.outcome = outcome
    self.text = text
  }

  static func timestamp(_ seconds: time_t) -> String {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 40)
    let count = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

/// An entry as a line of a file: time, outcome, text, with tabs between. The outcome stands in a field of fixed width, so that it can be
/// written over when it is known. In the text `\n` and `\r` are line ends and `\\` is a backslash; a line without a time is text alone.
enum HistoryLine {
  static let timeWidth = 20
  static let outcomeWidth = 9
  /// Where in a line the outcome begins.
  static let outcomeOffset = timeWidth + 1
  private static let unknown = "-"

  static func line(_ entry: HistoryEntry) -> String {
    guard let time = entry.time else { return escaped(entry.text) + "\n" }
    return "\(time)\t\(outcome(entry.outcome ?? unknown))\t\(escaped(entry.text))\n"
  }

  /// Filled up with spaces.
  static func outcome(_ text: String) -> String {
    let kept = text.unicodeScalars.filter { (33..<127).contains($0.value) }.prefix(outcomeWidth)
    return String(String.UnicodeScalarView(kept)) + String(repeating: " ", count: outcomeWidth - kept.count)
  }

  /// What stands in the field of an entry that went wrong.
  private static let failed = Array(outcome(HistoryEntry.failed).utf8)

  static func entry(_ line: ArraySlice<UInt8>) -> HistoryEntry {
    guard let start = textStart(line) else { return HistoryEntry(time: nil, outcome: nil, text: String(decoding: unescaped(line), as: UTF8.self)) }
    let field = line[(line.startIndex + outcomeOffset)..<(start - 1)]
    let outcome = String(decoding: field.filter { $0 != 32 }, as: UTF8.self)
    return HistoryEntry(
      time: String(decoding: line.prefix(timeWidth), as: UTF8.self), outcome: outcome == unknown || outcome.isEmpty ? nil : outcome,
      text: String(decoding: unescaped(line[start...]), as: UTF8.self))
  }

  /// What is wanted of thousands of lines before the first prompt: the bytes of the text, and whether the entry went wrong.
  static func entered(_ line: ArraySlice<UInt8>) -> (text: ArraySlice<UInt8>, failed: Bool) {
    guard let start = textStart(line) else { return (unescaped(line), false) }
    return (unescaped(line[start...]), line[(line.startIndex + outcomeOffset)..<(start - 1)].elementsEqual(failed))
  }

  /// Where the text begins behind time and outcome; nil for a line that is text alone.
  private static func textStart(_ line: ArraySlice<UInt8>) -> Int? {
    let (first, start) = (line.startIndex, line.startIndex + timeWidth + outcomeWidth + 2)
    guard start <= line.endIndex, line[first + 4] == UInt8(ascii: "-"), line[first + 10] == UInt8(ascii: "T"), line[first + timeWidth - 1] == UInt8(ascii: "Z"),
      line[first + timeWidth] == 9, line[start - 1] == 9, line[first..<(first + 4)].allSatisfy({ (48..<58).contains($0) })
    else { return nil }
    return start
  }

  private static func escaped(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for character in text.unicodeScalars {
      switch character {
      case "\n": line.append(contentsOf: "\\n".unicodeScalars)
      case "\r": line.append(contentsOf: "\\r".unicodeScalars)
      case "\\": line.append(contentsOf: "\\\\".unicodeScalars)
      default: line.append(character)
      }
    }
    return String(line)
  }

  private static func unescaped(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let backslash = UInt8(ascii: "\\")
    guard line.contains(backslash) else { return line }
    var text: [UInt8] = []
    text.reserveCapacity(line.count)
    var isEscaped = false
    for byte in line {
      if isEscaped {
        text.append(byte == UInt8(ascii: "n") ? 10 : byte == UInt8(ascii: "r") ? 13 : byte)
        isEscaped = false
      } else if byte == backslash {
        isEscaped = true
      } else {
        text.append(byte)
      }
    }
    return text[...]
  }
}
