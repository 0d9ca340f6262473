import SafeLanguage
import Testing

/// The CSV reader through the language: quotes, line ends, places of errors.
struct CSVTests {
  private func run(_ file: String, type: String = "{ a: Text, b: Text? }") async throws -> (output: [String], error: String?) {
    let world = TestWorld(files: ["in.csv": file])
    let script = try Script(SourceFile(name: "t.safe", text: "csv \"in.csv\" as \(type)"), schema: TestWorld.schema)
    let result = await script.run(in: world)
    return (world.output, result.error?.message)
  }

  @Test(arguments: [
    ("a,b\nx,y\n", #"[{ a: "x", b: "y" }]"#), ("a,b\r\nx,y\r\n", #"[{ a: "x", b: "y" }]"#), ("\u{feff}a,b\nx,y", #"[{ a: "x", b: "y" }]"#),
    ("a,b\n\"x, \"\"1\"\"\",\"line\nend\"\n", #"[{ a: "x, \"1\"", b: "line\nend" }]"#), ("b,c,a\n1,2,3\n", #"[{ a: "3", b: "1" }]"#),
    ("a,b\nx,\n\ny,z\n", #"[{ a: "x", b: null }, { a: "y", b: "z" }]"#), ("a,b\n", "[]"),
    ("a,b\n\"x\"\"\u{301}y\",\"\"\"\"\n", "[{ a: \"x\\\"\u{301}y\", b: \"\\\"\" }]"),
  ])
  func reads(_ file: String, _ expected: String) async throws {
    let (output, error) = try await run(file)
    #expect(error == nil)
    #expect(output == [expected])
  }

  @Test(arguments: [
    ("", "in.csv is empty"), ("a\nx\n", "in.csv:1:1: there is no column 'b'"),
    ("a,b\nx,\"open\n\n", "in.csv:2:3: the quote that opens here is not closed"), ("a,b\nx\n", "in.csv:2:1: 1 cell where the header has 2"),
    ("a,b\n\"x\"y,z\n", "in.csv:2:4: text after the closing quote"),
    ("a,b\n,y\n", "in.csv:2:1: column 'a': empty, expected a text that is not empty; 'Text?' lets it be empty"),
    ("a,a,b\n1,2,3\n", "in.csv:1:3: the column 'a' comes twice"),
  ])
  func tellsWhereItIsWrong(_ file: String, _ expected: String) async throws {
    let (output, error) = try await run(file)
    #expect(output.isEmpty)
    #expect(error?.contains(expected) == true, "\(error ?? "no error")")
  }

  @Test func tellsAllBadRowsAtOnce() async throws {
    let (_, error) = try await run("a,b\n1,x\nnope,y\n2,z\nbad,w\n", type: "{ a: Int, b: Text }")
    #expect(error?.split(separator: "\n").count == 2)
    #expect(error?.contains("in.csv:3:1") == true && error?.contains("in.csv:5:1") == true)
  }

  @Test func linesCountInsideQuotes() async throws {
    let (_, error) = try await run("a,b\n\"x\n\n\",y\nnope\n")
    #expect(error?.contains("in.csv:5:1") == true, "\(error ?? "")")
  }

  /// More rows than a portion, of which the last is bad, or the first alone is looked at.
  private static func rows(_ count: Int, last: String) -> String { "a,b\n" + (1..<count).map { "\($0),x\n" }.joined() + last }

  private func outcome(_ script: String, _ file: String) async throws -> (output: [String], error: String?) {
    let world = TestWorld(files: ["in.csv": file])
    let result = try await Script(SourceFile(name: "t.safe", text: script), schema: TestWorld.schema).run(in: world)
    return (world.output, result.error?.message)
  }

  @Test func aReturnEndsTheLoopOverAFile() async throws {
    let script = "def one() -> Int { for r in csv \"in.csv\" as { a: Int } { if r.a > 2 { return r.a } }; return 0 }\none()"
    let good = try await outcome(script, Self.rows(10_000, last: "10000,x\n"))
    #expect(good.output == ["3"] && good.error == nil)
    // A bad row is told all the same, as if the file had been read before.
    let bad = try await outcome(script, Self.rows(10_000, last: "no,x\n"))
    #expect(bad.output == [] && bad.error?.contains("in.csv:10001:1") == true)
  }

  @Test(arguments: [
    "var n = 0\ntry { for r in csv \"in.csv\" as { a: Int } { n += 1 } } catch e { }\nn",
    "var n = 0\ntry { for r in csv \"in.csv\" as { a: Int, b: Text } | where 1 // (5000 - .a) != 7 { n += 1 } } catch e { }\nn",
  ])
  func whatTheBlockSetBeforeABadRowIsTakenBack(_ script: String) async throws {
    let last = script.contains("where") ? "5000,x\n" : "no,x\n"
    let (output, error) = try await outcome(script, Self.rows(10_000, last: last))
    #expect(output == ["0"] && error == nil, "\(error ?? "")")
  }

  @Test func aReturnBeforeABadRowIsTakenBack() async throws {
    let script = """
      def f() -> Int {
        try { for r in csv "in.csv" as { a: Int } { return r.a } } catch e { }
        return 7
      }
      f()
      """
    let (output, error) = try await outcome(script, Self.rows(10_000, last: "no,x\n"))
    #expect(output == ["7"] && error == nil, "\(error ?? "")")
  }
}
