import SafeLanguage
import Testing

@testable import SafeLanguageServer

/// What an editor gets.
struct ServerTests {
  private func editor(_ text: String = "") -> Editor {
    var editor = Editor()
    editor.start()
    if !text.isEmpty { editor.open(text) }
    return editor
  }

  @Test func tellsWhatIsWrongWhileTyping() {
    var editor = editor("let éñ = 1\n")
    #expect(editor.diagnostics.count == 1, "\(editor.diagnostics)")
    editor.change(["text": "people | where .maod == calm\n"])
    #expect(editor.diagnostics.count == 1)
    let found = editor.diagnostics.first
    #expect(found?["code"] == "E102" && found?["severity"] == 1 && found?["source"] == "safesh")
    #expect(found?["range"] == Editor.range(0, 15, 20))
    #expect(found?["message"]?.string?.contains("did you mean '.mood'?") == true)
    editor.change(["range": Editor.range(0, 17, 18), "text": "o"])
    #expect(editor.diagnostics.isEmpty, "\(editor.diagnostics)")
  }

  @Test func countsInUnitsOfUTF16() {
    var editor = editor("print \"𝄞é\"; peple\n")
    #expect(editor.diagnostics.first?["range"] == Editor.range(0, 13, 18))
    editor.change(["range": Editor.range(0, 13, 18), "text": "people"])
    #expect(editor.diagnostics.isEmpty)
    // The middle of a character, and places beyond the end, are places all the same.
    editor.change(["range": Editor.range(0, 8, 9), "text": "x"], ["range": Editor.range(7, 90, 91), "text": "\npeple"])
    #expect(editor.diagnostics.count == 1)
  }

  @Test func formatsTheWholeDocument() {
    var editor = editor("people|where .age>1\n\n\nlet x=1")
    let request: JSON = ["textDocument": ["uri": .string(Editor.uri)], "options": ["tabSize": 2, "insertSpaces": true]]
    let edits = editor.request("textDocument/formatting", request)["result"]?.array ?? []
    #expect(edits.count == 1)
    #expect(edits.first?["newText"] == "people | where .age > 1\n\nlet x = 1\n")
    #expect(edits.first?["range"] == ["start": ["line": 0, "character": 0], "end": ["line": 3, "character": 7]])
    editor.change(["text": "let x = (1"])
    #expect(editor.request("textDocument/formatting", request)["result"] == [])
  }

  @Test func completesHoversAndFindsDefinitions() {
    var editor = editor("use \"lib/names.safe\" as names\nlet old = people | where .a\nnames.twice(3)\nold | count\n")
    let items = editor.ask("textDocument/completion", line: 1, character: 27)["items"]?.array ?? []
    #expect(items.map { $0["label"] } == ["age"], "\(items)")
    #expect(items.first?["textEdit"] == ["range": Editor.range(1, 26, 27), "newText": "age"])
    let hover = editor.ask("textDocument/hover", line: 2, character: 8)
    #expect(hover["contents"]?["value"]?.string?.contains("def twice(n: Int) -> Int") == true, "\(hover)")
    #expect(editor.ask("textDocument/hover", line: 9, character: 0) == .null)
    let elsewhere = editor.ask("textDocument/definition", line: 2, character: 8)
    #expect(elsewhere == ["uri": "file:///home/ann/lib/names.safe", "range": Editor.range(0, 4, 9)])
    let here = editor.ask("textDocument/definition", line: 3, character: 1)
    #expect(here == ["uri": .string(Editor.uri), "range": Editor.range(1, 4, 7)])
  }

  @Test func usedFilesAreCheckedAsTheEditorHasThem() {
    var editor = editor("use \"lib/wrong.safe\" as w\nw.x\n")
    #expect(editor.diagnostics.count == 1)
    #expect(editor.diagnostics.first?["range"] == Editor.range(0, 4, 20))
    #expect(editor.diagnostics.first?["relatedInformation"]?.array?.first?["location"]?["uri"] == "file:///home/ann/lib/wrong.safe")
    editor.open("let x: Int = 1\n", uri: "file:///home/ann/lib/wrong.safe")
    #expect(editor.diagnostics.isEmpty, "\(editor.diagnostics)")
    _ = editor.send(["jsonrpc": "2.0", "method": "textDocument/didClose", "params": ["textDocument": ["uri": "file:///home/ann/lib/wrong.safe"]]])
    #expect(editor.diagnostics.count == 1)
    #expect(editor.published["file:///home/ann/lib/wrong.safe"] == [])
  }

  @Test func offersWhatMendsCertainly() {
    var editor = editor("people | where age > 3 && mood == calm\n")
    let parameters: JSON = ["textDocument": ["uri": .string(Editor.uri)], "range": Editor.range(0, 16, 16), "context": ["diagnostics": []]]
    let actions = editor.request("textDocument/codeAction", parameters)["result"]?.array ?? []
    #expect(actions.map { $0["title"] } == ["write '.age'", "mend what is certain"])
    #expect(actions.first?["edit"]?["changes"]?[Editor.uri] == [["range": Editor.range(0, 15, 18), "newText": ".age"]])
    let all = actions.last?["edit"]?["changes"]?[Editor.uri]?.array ?? []
    #expect(all.compactMap { $0["newText"]?.string } == [".age", "and", ".mood"])
  }

  @Test func outlinesAndColours() {
    var editor = editor("def f(n: Int) -> Int { n }\ntest \"t\" { }\nprint \"a {f(1)}\"  # é\n")
    let symbols = editor.request("textDocument/documentSymbol", ["textDocument": ["uri": .string(Editor.uri)]])["result"]?.array ?? []
    #expect(symbols.map { $0["name"] } == ["f", "t"])
    let tokens = editor.request("textDocument/semanticTokens/full", ["textDocument": ["uri": .string(Editor.uri)]])["result"]?["data"]?.array ?? []
    #expect(tokens.count % 5 == 0 && tokens.count > 30)
    #expect(Array(tokens.prefix(5)) == [0, 0, 3, 0, 0])
    #expect(Array(tokens.suffix(5).suffix(3)) == [3, 6, 0])
  }

  // MARK: the protocol

  @Test func followsTheOrderOfTheProtocol() {
    var editor = Editor()
    #expect(editor.request("textDocument/hover", [:])["error"]?["code"] == -32002)
    let answer = editor.request("initialize", [:])
    #expect(answer["result"]?["capabilities"]?["positionEncoding"] == "utf-16")
    #expect(editor.request("initialize", [:])["error"]?["code"] == -32601)
    #expect(editor.request("textDocument/rename", [:])["error"]?["code"] == -32601)
    #expect(editor.request("textDocument/hover", ["textDocument": ["uri": "file:///nowhere"]])["error"]?["code"] == -32602)
    editor.open("1")
    #expect(editor.request("textDocument/hover", ["textDocument": ["uri": .string(Editor.uri)]])["error"]?["code"] == -32602)
    #expect(editor.send(["jsonrpc": "2.0", "method": "$/unknown"]).isEmpty)
    #expect(editor.send(["jsonrpc": "2.0", "id": 9, "result": .null]).isEmpty)
    #expect(editor.send(["jsonrpc": "2.0", "id": 9]).first?["error"]?["code"] == -32600)
    #expect(editor.send([1, 2]).first?["error"]?["code"] == -32600)
    #expect(editor.request("shutdown", .null)["result"] == .null)
    #expect(editor.request("textDocument/hover", [:])["error"]?["code"] == -32600)
    #expect(editor.server.exitStatus == nil)
    _ = editor.send(["jsonrpc": "2.0", "method": "exit"])
    #expect(editor.server.exitStatus == 0)
    var rude = Editor()
    _ = rude.send(["jsonrpc": "2.0", "method": "exit"])
    #expect(rude.server.exitStatus == 1)
  }

  @Test(arguments: [
    "Content-Length: x\r\n\r\n", "Content-Length: -1\r\n\r\n", "Nothing: 1\r\n\r\n", "Content-Length: 3\r\n\r\n{]}", "Content-Length: 2\r\n\r\n\"a", "\r\n\r\n",
    "Content-Length: 99999999999999999999\r\n\r\n",
  ])
  func whatCannotBeReadIsAnErrorAndTheNextIsRead(_ bytes: String) {
    var editor = editor()
    let failures = editor.receive(Array(bytes.utf8))
    #expect(failures.first?["error"]?["code"] == -32700, "\(failures)")
    #expect(editor.request("shutdown", .null)["result"] == .null)
  }

  @Test func messagesComeInAnyPieces() {
    var editor = editor()
    let bytes = MessageReader.framed(["jsonrpc": "2.0", "id": 5, "method": "shutdown"])
    var answers: [JSON] = []
    for byte in bytes { answers += editor.receive([byte]) }
    #expect(answers.count == 1 && answers.first?["id"] == 5)
  }

  @Test func deepValuesAreRefused() {
    var editor = editor()
    let body = String(repeating: "[", count: 100_000)
    #expect(editor.receive(Array("Content-Length: \(body.utf8.count)\r\n\r\n\(body)".utf8)).first?["error"]?["code"] == -32700)
  }

  @Test func anyBytesDoNotCrash() {
    var state: UInt64 = 5
    func random(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(limit))
    }
    let text = "use \"lib/names.safe\" as n\nlet x = people | where .age > 1 and not (.mood == calm)\nprint \"é𝄞 {x.count()}\"\n"
    let methods = [
      "textDocument/completion", "textDocument/hover", "textDocument/definition", "textDocument/formatting", "textDocument/codeAction",
      "textDocument/documentSymbol", "textDocument/semanticTokens/full",
    ]
    var editor = editor(text)
    for round in 0..<400 {
      if round % 40 == 0 { editor.change(["text": .string(text)]) }
      let range: JSON = [
        "start": ["line": .int(random(6) - 1), "character": .int(random(40) - 2)], "end": ["line": .int(random(6) - 1), "character": .int(random(40) - 2)],
      ]
      editor.change(["range": range, "text": .string(["", "x", "\n", "é", "𝄞", "{", "\"", "| ", "."][random(9)])])
      let parameters: JSON = [
        "textDocument": ["uri": .string(Editor.uri)], "position": range["start"] ?? .null, "range": range,
      ]
      let answer = editor.request(methods[random(methods.count)], parameters)
      #expect(answer["result"] != nil, "\(answer)")
      var bytes = MessageReader.framed(["jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": parameters])
      bytes[random(bytes.count)] = UInt8(random(256))
      // What a wrong length swallows ends with the next message.
      var other = editor
      _ = other.receive(bytes)
    }
  }

  @Test func pathsAndAddressesGoBothWays() {
    for path in ["/a/b.safe", "/with space/é%.safe", "/a/#?&.safe"] { #expect(Document.path(Document.uri(path)) == path) }
    #expect(Document.path("untitled:1") == nil)
    #expect(Document.path("file://localhost/a") == "/a")
    #expect(LanguageServer.standardized("/a/./b/../c.safe") == "/a/c.safe")
  }

  @Test func aThousandLinesAreCheckedAtOnce() {
    let lines = (0..<1000).map { "let m\($0) = people | where .age > 3 and not (.email ends \"@acme.com\") | select .email, n = .age + 1 | sort .email\n" }
    var editor = editor()
    let start = ContinuousClock.now
    editor.open(lines.joined())
    for _ in 0..<5 { editor.change(["range": Editor.range(500, 4, 4), "text": "x"]) }
    let time = start.duration(to: .now) / 6
    #expect(editor.diagnostics.isEmpty)
    #expect(time < .seconds(5))
  }
}
