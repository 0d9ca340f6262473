extension Library {
  static let textMethods: [Method] = [
    text("lower", "in lower case", #""Ann@ACME.com".lower()"#, #""ann@acme.com""#) { text throws(RunError) in try TextScan.mapped(text) { $0.lowercased() } },
    text("upper", "in upper case", #""ops".upper()"#, #""OPS""#) { text throws(RunError) in try TextScan.mapped(text) { $0.uppercased() } },
    text("trim", "without white space at both ends", #""  x ".trim()"#, #""x""#) { text throws(RunError) in trimmed(text) },
    Method(
      "length", on: .text, [], "how many characters (code points)", #""naïve".length()"#, "5", type: { _, _ in .int },
      body: .value { receiver, _ throws(RunError) in .int(try TextScan.length(receiver.string)) }),
    Method(
      "replace", on: .text, [.value("old", .text), .value("new", .text)], "with every `old` replaced", #""a-b-c".replace("-", "/")"#,
      #""a/b/c""#, type: { _, _ in .text },
      body: .value { receiver, arguments throws(RunError) in
        .text(try TextScan.replaced(arguments[0].string, arguments[1].string, in: receiver.string))
      }),
    Method(
      "split", on: .text, [.value("separator", .text)], "its parts, trimmed and without empty ones", #""a; b;;c".split(";")"#,
      #"["a", "b", "c"]"#, type: { _, _ in .list(.text) },
      body: .value { receiver, arguments throws(RunError) in
        var beat = Beat()
        let parts = try split(receiver.string, arguments[0].string)
        return .list(
          try parts.making { part, values throws(RunError) in
            try beat.turn()
            let trimmed = trimmed(part)
            if !trimmed.isEmpty { values.append(.text(trimmed)) }
          })
      }),
    Method(
      "lines", on: .text, [], "its lines as they stand, without their ends", #""a\n\n b\r\n".lines()"#, #"["a", "", " b"]"#,
      type: { _, _ in .list(.text) },
      body: .value { receiver, _ throws(RunError) in
        var parts = try split(receiver.string, "\n")
        if parts.last?.isEmpty == true { parts.removeLast() }
        var beat = Beat()
        return .list(
          try parts.making { part, lines throws(RunError) in
            try beat.turn()
            lines.append(.text(part.utf8.last == 13 ? String(decoding: part.utf8.dropLast(), as: UTF8.self) : part))
          })
      }),
    padding("padLeft", "filled up to the width on its left", #""7".padLeft(3, with: "0")"#, #""007""#) { $1 + $0 },
    padding("padRight", "filled up to the width on its right", #""ab".padRight(4) + "|""#, #""ab  |""#) { $0 + $1 },
    Method(
      "repeat", on: .text, [.value("times", .int)], "the text so many times", #""ab".repeat(2)"#, #""abab""#, type: { _, _ in .text },
      body: .value { receiver, arguments throws(RunError) in
        let times = arguments[0].integer
        guard times >= 0 else { throw RunError(.index, "a text is not repeated \(times) times", hint: "0 gives an empty text") }
        try Limits.require(times, times: max(1, receiver.string.utf8.count))
        return .text(try TextScan.repeated(receiver.string, times))
      }),
    Method(
      "slice", on: .text, [.value("start", .int), .value("end", .int, isRequired: false)],
      "the characters from `start`, the first being 0, up to before `end`; from the end below 0, and as far as there are any",
      #""2026-01-31".slice(0, 4)"#, #""2026""#, type: { _, _ in .text },
      body: .value { receiver, arguments throws(RunError) in
        let text = receiver.string
        let count = try TextScan.length(text)
        func place(_ index: Int) -> Int { max(0, min(count, index < 0 ? count &+ index : index)) }
        let start = place(arguments[0].integer)
        let end = arguments.count > 1 && !arguments[1].isNull ? place(arguments[1].integer) : count
        guard start < end else { return .text("") }
        return try TextScan.bytes(of: text) { bytes throws(RunError) in
          let first = try TextScan.offset(of: start, in: bytes)
          let last = end == count ? bytes.count : try TextScan.offset(of: end, in: bytes)
          return .text(String(decoding: bytes[first..<last], as: UTF8.self))
        }
      }),
    Method(
      "indexOf", on: .text, [.value("part", .text)], "where the part begins, the first character being 0, or null", #""naïve".indexOf("ve")"#, "3",
      type: { _, _ in .optional(.int) },
      body: .value { receiver, arguments throws(RunError) in
        try TextScan.bytes(of: receiver.string) { bytes throws(RunError) in
          try TextScan.bytes(of: arguments[0].string) { part throws(RunError) in
            guard let at = try TextScan.first(of: part, in: bytes) else { return .null }
            return .int(try TextScan.length(UnsafeRawBufferPointer(rebasing: bytes[..<at])))
          }
        }
      }),
    parse("int", "as a whole number, or null", #""42".int()"#, "42", .int) { Int($0).map { .int($0) } },
    parse("float", "as a number, or null", #""0.5".float()"#, "0.5", .float) { text in
      Double(text).flatMap { $0.isFinite ? .float($0) : nil }
    },
    parse("date", "as a date, or null", #""2026-01-31".date()"#, "2026-01-31", .date) { Calendar.date($0).map { .date($0) } },
    parse("time", "as a time, or null", #""2026-01-31T10:00:00Z".time()"#, "2026-01-31T10:00:00Z", .time) { text in
      (Calendar.time(text) ?? Calendar.date(text).map { $0 * Calendar.microsecondsPerDay }).map { .time($0) }
    },
    parse("email", "as an address, or null", #""ann@acme.com".email()"#, #""ann@acme.com""#, .email) {
      Conversion.isEmail($0) ? .text($0) : nil
    },
  ]

  static let textOfAnything = Method(
    "text", on: .any, [], "as `print` would write it", "(1 + 1).text()", #""2""#, type: { _, _ in .text },
    body: .value { receiver, _ throws(RunError) in try limited(receiver.printed) })

  private static func text(
    _ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (String) throws(RunError) -> String
  ) -> Method {
    Method(
      name, on: .text, [], summary, code, result, type: { _, _ in .text },
      body: .value { receiver, _ throws(RunError) in try limited(body(receiver.string)) })
  }

  private static func padding(
    _ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (String, String) -> String
  ) -> Method {
    Method(
      name, on: .text, [.value("width", .int), .value("with", .text, isRequired: false)], summary + "; with spaces, unless another character is named",
      code, result, type: { _, _ in .text },
      body: .value { receiver, arguments throws(RunError) in
        let text = receiver.string
        let filler = arguments.count > 1 && !arguments[1].isNull ? arguments[1].string : " "
        guard filler.unicodeScalars.count == 1 else {
          throw RunError(.data, "a text is filled up with one character, this is '\(filler)'", hint: "as in: with: \"0\"")
        }
        let missing = max(0, max(0, arguments[0].integer) - (try TextScan.length(text)))
        try Limits.require(missing, times: filler.utf8.count)
        return try limited(body(text, TextScan.repeated(filler, missing)))
      })
  }

  private static func parse(
    _ name: String, _ summary: String, _ code: String, _ result: String, _ type: Type, _ body: @escaping @Sendable (String) -> Value?
  ) -> Method {
    Method(
      name, on: .text, [], summary, code, result, type: { _, _ in .optional(type) },
      body: .value { receiver, _ in body(trimmed(receiver.string)) ?? .null })
  }

  static func limited(_ text: String) throws(RunError) -> Value {
    try Limits.require(bytes: text.utf8.count)
    return .text(text)
  }

  static func trimmed(_ text: String) -> String { TextScan.trimmed(text) }

  /// The parts between separators, empty ones too; by bytes, which is by code points. An empty separator splits nothing.
  static func split(_ text: String, _ separator: String) throws(RunError) -> [String] {
    if separator.isEmpty { return [text] }
    return try TextScan.bytes(of: text) { bytes throws(RunError) in
      try TextScan.bytes(of: separator) { mark throws(RunError) in
        try .building { parts throws(RunError) in
          var start = 0
          while let at = try TextScan.first(of: mark, in: bytes, from: start) {
            parts.append(String(decoding: bytes[start..<at], as: UTF8.self))
            start = at + mark.count
            if parts.count & 0xfff == 0 {
              try Interruption.check()
              try Limits.require(elements: parts.count)
            }
          }
          parts.append(String(decoding: bytes[start...], as: UTF8.self))
        }
      }
    }
  }

  /// Texts in a row, with another between them.
  static func joined(_ parts: [String], _ separator: String) throws(RunError) -> String {
    var (text, beat) = ("", Beat())
    for (index, part) in parts.enumerated() {
      try beat.turn()
      if index > 0 { text += separator }
      text += part
    }
    return text
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
