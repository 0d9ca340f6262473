import SecretSafeAPI
import Testing

@testable import SecretSafeServer

@Suite struct EmailAddressTests {
  @Test(arguments: [
    "kim@example.net", "k@b.co", "first.last+tag@sub.example.co", "o'brien@example.net", "a!#$%&*/=?^_`{|}~-@example.net",
    "kim@bücher.example", "kim@例え.テスト", "kim@xn--bcher-kva.example", "kim@1-2.example",
  ])
  func accepts(_ text: String) { #expect(EmailAddress.isAcceptable(text)) }

  @Test(arguments: [
    "kim", "kim@localhost", "@example.net", "kim@", "kim@example.net.", "kim@example.1", "kim@.net", "kim@a..net",
    "kim@@example.net", "kim@example.net@x.net", "a@b.net,c@d.net", "a@b.net;c@d.net", "kim @example.net", " kim@example.net",
    "kim@example.net ", "Kim <kim@example.net>", "<kim@example.net>", "\"kim\"@example.net", "kim(comment)@example.net",
    "kim@[127.0.0.1]", ".kim@example.net", "kim.@example.net", "k..m@example.net", "kím@example.net", "kim@-a.net",
    "kim@a-.net", "kim@exa_mple.net", "kim@exa mple.net", "kim\n@example.net", "kim@example.net\0",
    String(repeating: "a", count: 246) + "@example.net",
  ])
  func refuses(_ text: String) { #expect(!EmailAddress.isAcceptable(text)) }
}

@Suite struct JSONReaderTests {
  @Test func readsEveryKindOfValue() throws {
    let value = try JSONReader.read(Array(#" {"a":[1,-0.5e+3,true,false,null,"\u00e9\ud83d\ude00\n\/"],"a":{}} "#.utf8))
    #expect(
      value
        == .object([
          .init(
            name: "a",
            value: .array([.number("1"), .number("-0.5e+3"), .bool(true), .bool(false), .null, .string("é😀\n/")])),
          .init(name: "a", value: .object([])),
        ]))
    #expect(try JSONReader.read([0xEF, 0xBB, 0xBF] + Array("1".utf8)) == .number("1"))
  }

  @Test(arguments: [
    "", " ", "01", "1.", ".5", "+1", "-", "1e", "tru", "nulll", "\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u+123\"", "\"\\u-000\"", "\"\\u123", "\"\\ud800x\"",
    "\"\\udc00\"", "\"\t\"", "[1 2]", "[,]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1]]", "NaN", "/*x*/1",
  ])
  func refuses(_ text: String) {
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read(Array(text.utf8)) }
  }

  @Test func refusesWhatIsNotUTF8() {
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read([0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func depthHasALimit() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONReader.read(nested(JSONReader.depthLimit))
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read(nested(JSONReader.depthLimit + 1)) }
    #expect(throws: JSONReader.Problem.self) { try JSONReader.read(nested(1_000_000)) }
  }

  /// Any bytes are a value or a problem, never a crash.
  @Test func survivesAnyBytes() {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("{}[]\",:0123456789eE+-.truefalsn\\u dc\n\u{e9}".utf8) + [0, 0xFF, 0xC3]
    for _ in 0..<20_000 {
      let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      _ = try? JSONReader.read(bytes)
    }
  }
}

@Suite struct FormTests {
  @Test func escapesAreUndone() {
    #expect(Form("a%20b=%C3%a9+x".utf8)["a b"] == "é x")
  }

  @Test(arguments: ["%", "%4", "%zz", "%+5", "%-0", "%4g", "%ff", "%é"])
  func whatCannotBeDecodedIsLeftOut(_ text: String) {
    #expect(Form.decoded(text.utf8) == nil)
    #expect(Form("a=\(text)".utf8)["a"] == nil)
  }

  @Test(arguments: [
    ("a=1+2%2B3", "1 2+3"), ("a=%C3%a9", "é"), ("b=1&a=x=y&a=2", "x=y"), ("a=", nil), ("a", nil), ("a=%", nil), ("a=%1", nil), ("a=%g1", nil),
    ("a=%+1", nil), ("a=%-0", nil), ("a=%FF", nil),
  ])
  func aFormIsDecoded(_ text: String, _ expected: String?) { #expect(Form(text.utf8)["a"] == expected) }
}

@Suite struct ProblemsTests {
  @Test func atMost200AreCollected() {
    var problems = Problems()
    for number in 0..<500 { problems.add("\(number % 7)", "wrong") }
    #expect(problems.errors.values.reduce(0) { $0 + $1.count } == 200)
  }
}
