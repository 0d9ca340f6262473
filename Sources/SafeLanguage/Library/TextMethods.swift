extension Library {
  static let textMethods: [Method] = [
    text("lower", "in lower case", #""Ann@ACME.com".lower()"#, #""ann@acme.com""#) { .text($0.lowercased()) },
    text("upper", "in upper case", #""ops".upper()"#, #""OPS""#) { .text($0.uppercased()) },
    text("trim", "without white space at both ends", #""  x ".trim()"#, #""x""#) { .text(trimmed($0)) },
    Method(
      "length", on: .text, [], "how many characters (code points)", #""naïve".length()"#, "5", type: { _, _ in .int },
      body: .value { receiver, _ in .int(receiver.string.unicodeScalars.count) }),
    Method(
      "replace", on: .text, [.value("old", .text), .value("new", .text)], "with every `old` replaced", #""a-b-c".replace("-", "/")"#,
      #""a/b/c""#, type: { _, _ in .text },
      body: .value { receiver, arguments in
        .text(split(receiver.string, arguments[0].string).joined(separator: arguments[1].string))
      }),
    Method(
      "split", on: .text, [.value("separator", .text)], "its parts, trimmed and without empty ones", #""a; b;;c".split(";")"#,
      #"["a", "b", "c"]"#, type: { _, _ in .list(.text) },
      body: .value { receiver, arguments in
        .list(split(receiver.string, arguments[0].string).map(trimmed).filter { !$0.isEmpty }.map { .text($0) })
      }),
    parse("int", "as a whole number, or null", #""42".int()"#, "42", .int) { Int($0).map { .int($0) } },
    parse("float", "as a number, or null", #""0.5".float()"#, "0.5", .float) { text in
      Double(text).flatMap { $0.isFinite ? .float($0) : nil }
    },
    parse("date", "as a date, or null", #""2026-01-31".date()"#, "2026-01-31", .date) { Calendar.date($0).map { .date($0) } },
    parse("time", "as a time, or null", #""2026-01-31T10:00:00Z".time()"#, "2026-01-31T10:00:00Z", .time) {
      Calendar.time($0).map { .time($0) }
    },
    parse("email", "as an address, or null", #""ann@acme.com".email()"#, #""ann@acme.com""#, .email) {
      Conversion.isEmail($0) ? .text($0) : nil
    },
    Method(
      "text", on: .any, [], "as `print` would write it", "(1 + 1).text()", #""2""#, type: { _, _ in .text },
      body: .value { receiver, _ in .text(receiver.printed) }),
  ]

  private static func text(
    _ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (String) -> Value
  ) -> Method {
    Method(name, on: .text, [], summary, code, result, type: { _, _ in .text }, body: .value { receiver, _ in body(receiver.string) })
  }

  private static func parse(
    _ name: String, _ summary: String, _ code: String, _ result: String, _ type: Type, _ body: @escaping @Sendable (String) -> Value?
  ) -> Method {
    Method(
      name, on: .text, [], summary, code, result, type: { _, _ in .optional(type) },
      body: .value { receiver, _ in body(trimmed(receiver.string)) ?? .null })
  }

  static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }

  /// The parts between separators, empty ones too; by bytes, which is by code points. An empty separator splits nothing.
  static func split(_ text: String, _ separator: String) -> [String] {
    let bytes = Array(text.utf8)
    let mark = Array(separator.utf8)
    guard !mark.isEmpty, bytes.count >= mark.count else { return [text] }
    var parts: [String] = []
    var start = 0
    var at = 0
    while at + mark.count <= bytes.count {
      if bytes[at] == mark[0], bytes[at..<at + mark.count].elementsEqual(mark) {
        parts.append(String(decoding: bytes[start..<at], as: UTF8.self))
        at += mark.count
        start = at
      } else {
        at += 1
      }
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self))
    return parts
  }
}

extension Value {
  /// The text of a value that the checker knows to be one.
  var string: String {
    if case .text(let text) = self { return text }
    return ""
  }

  var integer: Int {
    if case .int(let value) = self { return value }
    return 0
  }
}
