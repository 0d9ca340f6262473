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

  static func entry(_ line: Substring) -> HistoryEntry {
    let bytes = line.utf8
    let start = timeWidth + outcomeWidth + 2
    let head = Array(bytes.prefix(start))
    guard head.count == start, head[4] == UInt8(ascii: "-"), head[10] == UInt8(ascii: "T"), head[timeWidth - 1] == UInt8(ascii: "Z"),
      head[timeWidth] == 9, head[start - 1] == 9, head[..<4].allSatisfy({ (48..<58).contains($0) })
    else { return HistoryEntry(time: nil, outcome: nil, text: unescaped(line)) }
    let outcome = String(decoding: head[outcomeOffset..<(start - 1)].filter { $0 != 32 }, as: UTF8.self)
    return HistoryEntry(
      time: String(decoding: head[..<timeWidth], as: UTF8.self), outcome: outcome == unknown || outcome.isEmpty ? nil : outcome,
      text: unescaped(Substring(bytes.dropFirst(start))))
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

  private static func unescaped(_ line: Substring) -> String {
    var text = String.UnicodeScalarView()
    var isEscaped = false
    for character in line.unicodeScalars {
      if isEscaped {
        text.append(character == "n" ? "\n" : character == "r" ? "\r" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        text.append(character)
      }
    }
    return String(text)
  }
}
