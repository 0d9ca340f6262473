/// What regular expressions find. They go by code point, as lengths and slices do.
extension Library {
  static let patternMethods: [Method] = [
    Method(
      "capture", on: .text, [.checked("pattern", Pattern.problem), .value("group", .int, isRequired: false)],
      "what the first match has in its first group, or in the group of that number; of a pattern without groups the whole match, which is group 0",
      #""ann.lee@acme.com".capture('\.(\w+)@')"#, #""lee""#, type: { _, _ in .optional(.text) },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let group = try pattern.group(arguments.count > 1 ? arguments[1] : .null)
        return try pattern.first(in: text, group: group).map { .text($0) } ?? .null
      }),
    Method(
      "captureAll", on: .text, [.checked("pattern", Pattern.problem), .value("group", .int, isRequired: false)],
      "the same of every match, as a list", #""a=1, b=22".captureAll('\d+')"#, #"["1", "22"]"#, type: { _, _ in .list(.text) },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let group = try pattern.group(arguments.count > 1 ? arguments[1] : .null)
        return .list(try pattern.all(in: text, group: group))
      }),
    Method(
      "replaceMatches", on: .text, [.checked("pattern", Pattern.problem), .value("new", .text)],
      "with every match replaced; `new` is taken as it stands", #""a1b22".replaceMatches('\d+', "-")"#, #""a-b-""#, type: { _, _ in .text },
      body: .pattern { text, pattern, arguments throws(RunError) in
        let parts = try pattern.between(in: text)
        try Limits.require(parts.count - 1, times: arguments[1].string.utf8.count)
        return try limited(joined(parts, arguments[1].string))
      }),
  ]
}
