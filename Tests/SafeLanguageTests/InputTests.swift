import Testing

@testable import SafeLanguage

/// The readers over windows of any size, their limits, and what they refuse.
struct InputTests {
  static let mood = TestWorld.mood
  private static let row = RecordType([Field("a", .text), Field("n", .optional(.int))])

  private static func rows(_ row: RecordType) -> RecordType { RecordType(row.fields + [Field(RecordType.origin, .optional(.text))]) }

  private func json(_ text: String, _ type: Type, limits: InputLimits = .standard, window: Int = 64) throws(RunError) -> Value {
    var reader = try JSONReader(InputSource(bytes: Array(text.utf8)), name: "x.json", type: type, form: .document, limits: limits, windowSize: window)
    return try reader.document()
  }

  private func message(_ body: () throws(RunError) -> Value) -> String {
    do throws(RunError) { return "no error: \(try body().literal)" } catch { return error.message }
  }

  // MARK: JSON

  @Test(arguments: [64, 70, 100, 4096])
  func aWindowOfAnySizeReadsTheSame(_ window: Int) throws {
    let names = (0..<300).map { "\(String(repeating: "nå\\n", count: $0 % 40))\($0)" }
    let members = names.map { "{\"n\":-12345, \"x\": [true, 1e5, {}], \"a\":\"\($0)\"}" }
    let text = "{\"skip\": [1, {\"k\": \"]}\\\"\"}, null], \"data\": [\n" + members.joined(separator: " ,\n") + "] }"
    let value = try json(text, .record(RecordType([Field("data", .table(Self.row))])), window: window)
    guard case .record(let root) = value, case .table(let table) = root.value("data") else {
      Issue.record("\(value)")
      return
    }
    #expect(table.count == 300)
    for (index, name) in names.enumerated() {
      #expect(Row(table, index).text("a") == name.split(separator: "\\n", omittingEmptySubsequences: false).joined(separator: "\n"))
      #expect(Row(table, index).value("n") == .int(-12345))
    }
  }

  @Test(arguments: [
    (#""\u00e9\ud83d\ude00\/\b\f\"\\""#, "\u{e9}\u{1f600}/\u{8}\u{c}\"\\"), (#""""#, ""), ("\"\u{7f}é😀\"", "\u{7f}é😀"),
  ])
  func textsAreUnescaped(_ text: String, _ expected: String) throws {
    let value = try json(text, .text)
    #expect(value == .text(expected))
  }

  @Test(arguments: [
    ("", "x.json:1:1: there is nothing"), ("[1, 2", "x.json:1:6: the text ends where ',' or ']' is expected"), ("[1 2]", "x.json:1:4: expected ',' or ']', found '2'"),
    ("[1,]", "x.json:1:4: expected a value, found ']'"), ("[01]", "x.json:1:2: this is no number"), ("[1.]", "x.json:1:2: this is no number"),
    ("[-]", "x.json:1:2: this is no number"), ("[1e]", "x.json:1:2: this is no number"), ("[tru]", "x.json:1:2: expected a value, found 'tru'"),
    ("[1]x", "x.json:1:4: expected the end, found 'x'"), ("\n [\"a", "x.json:2:3: the quote that opens here is not closed"),
    ("[\"é\", \"a\tb\"]", "x.json:1:9: a control character stands in a text"), (#"["\x"]"#, "x.json:1:3: this escape is none of JSON's"),
    (#"["\u12g4"]"#, "x.json:1:3: this escape is none of JSON's"), (#"["\ud83d!"]"#, "x.json:1:3: half of a surrogate pair"),
    ("[\u{0}]", "x.json:1:2: expected a value"), ("{\"a\" 1}", "x.json:1:6: expected ':'"), ("{a: 1}", "x.json:1:2: expected a key in quotes"),
    ("[{\"x\": [1,}]", "x.json:1:11: expected a value, found '}'"), ("[{\"x\": {\"y\": 1]}]", "x.json:1:15: expected ',' or '}', found ']'"),
  ])
  func brokenJSONHasAPlace(_ text: String, _ expected: String) {
    // A list of texts, of objects, or of anything: broken is broken, also where it is skipped.
    let list: Type = text.contains("{") ? (text.hasPrefix("[") ? .table(RecordType([])) : .record(RecordType([]))) : text.contains("\"") ? .list(.text) : .list(.float)
    let found = message { () throws(RunError) in try json(text, list) }
    #expect(found.contains(expected), "\(found)")
  }

  @Test func brokenUTF8IsRefusedAlsoWhereItIsSkipped() {
    for bytes: [UInt8] in [[0xff], [0xc3], [0xe2, 0x82], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf0, 0x80, 0x80, 0x80]] {
      let all = Array("{\"é\":\"".utf8) + bytes + Array("\"}".utf8)
      let found = message { () throws(RunError) in
        var reader = try JSONReader(InputSource(bytes: all), name: "x.json", type: .record(RecordType([])), form: .document)
        return try reader.document()
      }
      #expect(found == "x.json:1:7: this is not UTF-8", "\(bytes)")
    }
  }

  @Test func theLastOfTwoKeysCounts() throws {
    let type = Type.record(RecordType([Field("a", .int)]))
    let second = try json(#"{"a": "x", "a": 2}"#, type)
    #expect(second.literal == "{ a: 2 }")
    let found = message { () throws(RunError) in try json(#"{"a": 1, "a": "x"}"#, type) }
    #expect(found == "x.json:1:15: .a: the text 'x', expected a whole number")
  }

  @Test func wholeNumbersHave64Bits() throws {
    let most = try json("[9223372036854775807, -9223372036854775808, 0, -0]", .list(.int))
    #expect(most == .list([.int(.max), .int(.min), .int(0), .int(0)]))
    let found = message { () throws(RunError) in try json("[9223372036854775808, 1.0]", .list(.int)) }
    #expect(found.split(separator: "\n").count == 2 && found.contains("9223372036854775808, expected a whole number of 64 bits"))
    let float = try json("[12345678901234567890, 1]", .list(.float))
    #expect(float == .list([.float(1.2345678901234567e19), .float(1)]))
    let huge = message { () throws(RunError) in try json("[1e400]", .list(.float)) }
    #expect(huge == "x.json:1:2: [0]: 1e400, expected a number")
  }

  @Test func enumerationsTakeNumbersAndNames() throws {
    let value = try json(#"[1, "calm", 99, "unknown(5)"]"#, .list(.enumeration(Self.mood)))
    #expect(value.literal == "[busy, calm, unknown(99), unknown(5)]")
    let found = message { () throws(RunError) in try json(#"["wild", 1.5, 99999999999]"#, .list(.enumeration(Self.mood))) }
    #expect(found.split(separator: "\n").count == 3)
  }

  @Test func allBadValuesAreToldAtOnceAndCounted() {
    let text = "[" + (0..<250).map { _ in "{\"n\": \"x\"}" }.joined(separator: ",\n") + "]"
    let found = message { () throws(RunError) in try json(text, .table(Self.row)) }
    let lines = found.split(separator: "\n")
    #expect(lines.count == InputProblems.maximumTold + 1)
    #expect(lines[0] == "x.json:1:8: [0].n: the text 'x', expected a whole number")
    #expect(lines[1] == "x.json:1:2: [0].a: the object has no such key")
    #expect(lines[3] == "x.json:2:1: [1].a: the object has no such key")
    #expect(lines.last == "400 more")
  }

  // MARK: limits

  @Test func limitsAreErrors() {
    let tight = InputLimits(text: 100, depth: 10, elements: 20, yaml: 1000)
    let long = String(repeating: "x", count: 101)
    let deep = String(repeating: "[", count: 11) + String(repeating: "]", count: 11)
    for (text, type, expected) in [
      ("\"\(long)\"", Type.text, "a text of over 100 bytes"), (deep, .list(.int), "over 10 lists and objects inside one another"),
      ("[\((0...20).map(String.init).joined(separator: ","))]", .list(.int), "over 20 elements"),
    ] {
      let found = message { () throws(RunError) in try json(text, type, limits: tight) }
      #expect(found.contains(expected), "\(found)")
    }
    let line = message { () throws(RunError) in
      let source = InputSource(bytes: Array("a\n\(long)\(long)\n".utf8))
      var reader = try CSVReader(source, name: "x.csv", type: Self.rows(RecordType([Field("a", .text)])), limits: tight, windowSize: 64)
      return .table(try reader.all() ?? .empty(Self.row))
    }
    #expect(line.contains("in one piece"), "\(line)")
    let rows = message { () throws(RunError) in
      let lines = (0...20).map { "\($0)\n" }.joined()
      var reader = try CSVReader(InputSource(bytes: Array("a\n\(lines)".utf8)), name: "x.csv", type: Self.rows(RecordType([Field("a", .text)])), limits: tight)
      return .table(try reader.all() ?? .empty(Self.row))
    }
    #expect(rows.contains("over 20 rows"), "\(rows)")
    for (text, expected) in [(String(repeating: "x", count: 1001), "of YAML"), ("- " + deep, "inside one another")] {
      let found = message { () throws(RunError) in
        let type = (0...11).reduce(Type.int) { type, _ in .list(type) }
        return try YAMLReader.value(InputSource(bytes: Array(text.utf8)), name: "x.yaml", type: type, limits: tight)
      }
      #expect(found.contains(expected), "\(found)")
    }
  }

  @Test(arguments: ["[", "{\"a\":"])
  func deepNestingIsAnError(_ opening: String) {
    let text = String(repeating: opening, count: 100_000)
    for type in [Type.list(.int), .record(RecordType([]))] {
      let found = message { () throws(RunError) in try json(text, type) }
      #expect(found.contains("inside one another"))
    }
    #expect(throws: RunError.self) { try JSONInference.type(InputSource(bytes: Array(text.utf8)), name: "x.json", form: .document) }
    #expect(throws: RunError.self) { try YAMLReader.inferredType(InputSource(bytes: Array(text.utf8)), name: "x.yaml") }
  }

  // MARK: YAML

  @Test func anAliasBombCostsNothing() {
    var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for (last, next) in zip("abcdefgh", "bcdefghi") { text += "\(next): &\(next) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ", ") + "]\n" }
    text += "? [*i, *i]\n: x\n"
    let start = ContinuousClock.now
    let found = message { () throws(RunError) in
      try YAMLReader.value(InputSource(bytes: Array(text.utf8)), name: "x.yaml", type: .record(RecordType([])))
    }
    #expect(found == "x.yaml:2:8: aliases are not read")
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test(arguments: [
    ("a: '*x'\nn: 3", #"{ a: "*x", n: 3 }"#), ("a: |\n  - *x\n  * y\nn: ~", #"{ a: "- *x\n* y\n", n: null }"#), ("# *x\na: 5 * 3", #"{ a: "5 * 3", n: null }"#),
    ("{\"a\": \"\\u00e9\", \"n\": -1}", #"{ a: "é", n: -1 }"#), ("a: null\nn: 1", "x.yaml:1:4: .a: null, expected a text"), ("a: ''", #"{ a: "", n: null }"#),
    ("n: 1.5\na: x", "x.yaml:1:4: .n: '1.5', expected a whole number"), ("- 1", "x.yaml:1:1: a list, expected a mapping"), ("", "x.yaml:1:1: there is nothing"),
    ("a: [", "x.yaml:2:1"), ("a: 1\na: 2", "comes twice"), ("a: x\n---\na: y", "another document"), ("n: 1", "x.yaml:1:1: .a: there is no such key"),
  ])
  func readsYAML(_ text: String, _ expected: String) {
    let found = message { () throws(RunError) in try YAMLReader.value(InputSource(bytes: Array(text.utf8)), name: "x.yaml", type: .record(Self.row)) }
    #expect(found.contains(expected), "\(found)")
  }

  // MARK: CSV in portions

  @Test(arguments: [64, 100, 5000])
  func csvReadsTheSameInAnyWindowAndPortion(_ window: Int) throws {
    let lines = (0..<500).map { "\"a \($0 % 30 == 0 ? "\"\"é\"\"\r\n" : "")\($0)\",\($0 % 3 == 0 ? "" : String($0))" }
    let text = "\u{feff}a,n\r\n" + lines.joined(separator: "\r\n")
    var reader = try CSVReader(InputSource(bytes: Array(text.utf8)), name: "x.csv", type: Self.rows(Self.row), windowSize: window)
    var index = 0
    var line = 2
    while let table = try reader.next(atMost: 7) {
      for at in 0..<table.count {
        let row = Row(table, at)
        #expect(row.text("a") == "a \(index % 30 == 0 ? "\"é\"\r\n" : "")\(index)")
        #expect(row.value("n") == (index % 3 == 0 ? .null : .int(index)))
        #expect(row.origin == "x.csv:\(line)")
        line += index % 30 == 0 ? 2 : 1
        index += 1
      }
    }
    #expect(index == 500)
  }

  @Test func badRowsAreToldThoughAStageFailedBefore() async throws {
    let text = "n\n" + (0..<10_000).map { "\($0)\n" }.joined() + "x\n"
    for script in ["csv \"in.csv\" as { n: Int } | extend m = 1 // .n | count", "for r in csv \"in.csv\" as { n: Int } { 1 // r.n }"] {
      let world = TestWorld(files: ["in.csv": text])
      let result = try await Script(SourceFile(name: "t.safe", text: script), schema: TestWorld.schema).run(in: world)
      #expect(result.error?.message == "in.csv:10002:1: column 'n': 'x', expected a whole number")
    }
  }

  // MARK: lines in portions

  /// A file of any size goes through stages, counts, groups and pure loops in the memory of a portion.
  @Test(arguments: [
    ("lines \"in.txt\" | where it has \"77\" | count", "7382"), ("lines(\"in.txt\").count(it has \"77\")", "7382"),
    ("lines(\"in.txt\").where(it has \"77\").count()", "7382"),
    ("(lines \"in.txt\" | summarize n = count(it has \"77\"))[0].n", "7382"), ("var n = 0\nfor l in lines \"in.txt\" { if l has \"77\" { n += 1 } }\nn", "7382"),
    ("(lines \"in.txt\" | skip 10 | select l = it | where .l has \"77\" | take 3).l", "[\"77\", \"177\", \"277\"]"),
    ("(lines \"in.txt\" | where it has \"9999\" | skip 1).first()", "\"19999\""), ("(csv \"in.txt\" as { \"0\": Int }).count(.\"0\" == 5)", "1"),
    ("lines \"in.txt\" | select l = it | save \"out.csv\"\n1", "1"),
  ])
  func linesAreNotKept(_ text: String, _ expected: String) async throws {
    let world = PortionWorld(count: 200_000)
    let result = try await Script(SourceFile(name: "t.safe", text: text), schema: TestWorld.schema).run(in: world)
    #expect(result.error == nil, "\(text): \(result.error?.message ?? "")")
    #expect(world.output == [expected], "\(text)")
    #expect(world.partAtFirstLook < 0.6, "\(text): \(world.partAtFirstLook) of it was read before anything was done")
  }

  @Test func linesAreReadTheSameInAnyWindowAndPortion() throws {
    let text = (0..<300).map { "\($0 % 7 == 0 ? "" : "é line \($0)")\($0 % 3 == 0 ? "\r\n" : "\n")" }.joined() + "end"
    for (window, portion) in [(64, 1), (100, 7), (5000, 1000)] {
      var reader = try LineReader(InputSource(bytes: Array(text.utf8)), name: "x.txt", windowSize: window)
      var lines: [Value] = []
      while let part = try reader.portion(atMost: portion) { lines += part.elements ?? [] }
      #expect(lines == (0..<300).map { .text($0 % 7 == 0 ? "" : "é line \($0)") } + [.text("end")])
    }
  }

  // MARK: types that nobody named

  @Test(arguments: [
    ("csv \"in.csv\" | where .n == \"1\"", "a,n\nx,1\ny,\n", #"[{ a: "x", n: "1" }]"#),
    ("json \"in.csv\"", #"[{"a":1},{"a":2.5,"b":null}]"#, "[{ a: 1.0, b: null }, { a: 2.5, b: null }]"),
    ("jsonl \"in.csv\" | select .a", "{\"a\":\"x\"}\n{\"a\":null}\n", #"[{ a: "x" }, { a: null }]"#),
    ("yaml \"in.csv\"", "a: 1\nb: [x, y]\n", #"{ a: 1, b: ["x", "y"] }"#),
  ])
  func thePromptInfersTypes(_ text: String, _ file: String, _ expected: String) async {
    let world = TestWorld(files: ["in.csv": file])
    let session = PromptSession(schema: TestWorld.schema)
    guard case .success((let result, _)) = await session.run(SourceFile(name: "prompt", text: text), in: world) else {
      Issue.record("refused")
      return
    }
    #expect(result.error == nil)
    #expect(world.output == [expected])
  }

  @Test func valuesOfDifferentTypesNeedATypeAtThePrompt() async {
    let session = PromptSession(schema: TestWorld.schema)
    let outcome = await session.run(SourceFile(name: "prompt", text: "json \"in.json\""), in: TestWorld(files: ["in.json": "[1,\n \"x\"]"]))
    guard case .failure(let errors) = outcome else {
      Issue.record("accepted")
      return
    }
    #expect(errors.diagnostics.map(\.message) == ["in.json:2:2: this is of another type than what stands before it"])
  }
}
