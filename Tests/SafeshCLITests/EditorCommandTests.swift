import Foundation
import Testing

/// What editors start: `safesh check --output json` and `safesh lsp`.
struct EditorCommandTests {
  @Test func checkGivesJSON() throws {
    let folder = try temporaryFolder()
    try Data("let x: Int = \"a\"\n".utf8).write(to: folder.appendingPathComponent("lib.safe"))
    try Data("use \"lib.safe\" as lib\nmembers | where status == confirmed\n".utf8).write(to: folder.appendingPathComponent("a.safe"))
    try Data("members | count\n".utf8).write(to: folder.appendingPathComponent("b.safe"))
    let result = try Command.run(["check", "--output", "json", "a.safe", "b.safe"], in: folder)
    #expect(result.status == 2 && result.messages.isEmpty, "\(result.messages)")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 2, "\(result.output)")
    let own = try #require(rows.first { $0["file"] as? String == "a.safe" })
    #expect(own["code"] as? String == "E101" && own["severity"] as? String == "error")
    #expect(["line", "column", "endLine", "endColumn", "offset", "endOffset"].map { own[$0] as? Int } == [2, 17, 2, 23, 38, 44])
    #expect(own["hint"] as? String == "did you mean '.status'?")
    #expect((own["fix"] as? [String: Any])?["text"] as? String == ".status")
    let used = try #require(rows.first { $0["file"] as? String == "lib.safe" })
    #expect(used["line"] as? Int == 1 && used["code"] as? String == "E201" && used["fix"] is NSNull)
    let right = try Command.run(["check", "--output", "json", "b.safe"], in: folder)
    #expect(right.status == 0 && right.messages.isEmpty)
    #expect(right.output == "[]\n", "\(right.output)")
    let lines = try Command.run(["check", "-o", "jsonl", "a.safe"], in: folder)
    #expect(lines.output.split(separator: "\n").count == 2)
  }

  private func framed(_ messages: [String]) -> String { messages.map { "Content-Length: \($0.utf8.count)\r\n\r\n\($0)" }.joined() }

  @Test func lspAnswersOverPipes() throws {
    let uri = "file:///tmp/x.safe"
    let input = framed([
      #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}"#, #"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
      #"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"\#(uri)","version":1,"languageId":"safe","text":"members|count\nmembrs"}}}"#,
      #"{"jsonrpc":"2.0","id":2,"method":"textDocument/formatting","params":{"textDocument":{"uri":"\#(uri)"},"options":{}}}"#,
      #"{"jsonrpc":"2.0","id":3,"method":"no/such"}"#, "{nonsense", #"{"jsonrpc":"2.0","id":4,"method":"shutdown"}"#, #"{"jsonrpc":"2.0","method":"exit"}"#,
    ])
    let result = try Command.run(["lsp", "--stdio"], input: input)
    #expect(result.status == 0 && result.messages.isEmpty, "\(result.messages)")
    #expect(result.output.contains(#""newText":"members | count\nmembrs\n""#), "\(result.output)")
    #expect(result.output.contains(#"did you mean 'members'?"#) && result.output.contains("-32601") && result.output.contains("-32700"))
    let cut = try Command.run(["lsp"], input: "Content-Length: 20\r\n\r\n{")
    #expect(cut.status == 1 && cut.output.isEmpty)
  }
}
