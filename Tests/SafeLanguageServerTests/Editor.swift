import SafeLanguage
import Testing

@testable import SafeLanguageServer

/// An editor that talks to the server in the same process.
struct Editor {
  static let mood = EnumType(name: "Mood", cases: [("calm", 0), ("busy", 1)])

  static let schema = Schema(
    enumerations: [mood],
    resources: [
      ResourceType(
        name: "Person", plural: "people", summary: "people",
        fields: [Field("id", .id("Person")), Field("email", .email), Field("mood", .enumeration(mood)), Field("age", .int)], relations: [], keys: ["email"],
        shown: ["email"])
    ], verbs: [])

  static let files = ["/home/ann/lib/names.safe": "def twice(n: Int) -> Int { n * 2 }\n", "/home/ann/lib/wrong.safe": "let x: Int = \"a\"\n"]

  var server = LanguageServer(schema: schema, version: "1") { path throws(RunError) in
    guard let text = files[path] else { throw RunError(.file, "there is no file '\(path)'") }
    return Array(text.utf8)
  }
  var nextID = 1
  var published: [String: [JSON]] = [:]

  /// Sends messages and gives what comes back, but keeps diagnostics.
  mutating func send(_ messages: JSON...) -> [JSON] { receive(messages.flatMap { MessageReader.framed($0) }) }

  mutating func receive(_ bytes: [UInt8]) -> [JSON] {
    var reader = MessageReader()
    reader.add(server.receive(bytes))
    var answers: [JSON] = []
    while case .message(let bytes)? = reader.next() {
      guard let message = JSON(bytes) else {
        Issue.record("the server's answer is no JSON")
        continue
      }
      if message["method"] == "textDocument/publishDiagnostics", let uri = message["params"]?["uri"]?.string {
        published[uri] = message["params"]?["diagnostics"]?.array
      } else {
        answers.append(message)
      }
    }
    return answers
  }

  mutating func start() {
    _ = request("initialize", ["capabilities": [:]])
    _ = send(["jsonrpc": "2.0", "method": "initialized", "params": [:]])
  }

  mutating func request(_ method: String, _ parameters: JSON) -> JSON {
    nextID += 1
    return send(["jsonrpc": "2.0", "id": .int(nextID), "method": .string(method), "params": parameters]).first ?? .null
  }

  static let uri = "file:///home/ann/script.safe"

  mutating func open(_ text: String, uri: String = uri) {
    _ = send([
      "jsonrpc": "2.0", "method": "textDocument/didOpen",
      "params": ["textDocument": ["uri": .string(uri), "languageId": "safe", "version": 1, "text": .string(text)]],
    ])
  }

  mutating func change(_ changes: JSON..., version: Int = 2) {
    _ = send([
      "jsonrpc": "2.0", "method": "textDocument/didChange",
      "params": ["textDocument": ["uri": .string(Self.uri), "version": .int(version)], "contentChanges": .array(changes)],
    ])
  }

  mutating func ask(_ method: String, line: Int, character: Int) -> JSON {
    request(method, ["textDocument": ["uri": .string(Self.uri)], "position": ["line": .int(line), "character": .int(character)]])["result"] ?? .null
  }

  static func range(_ line: Int, _ from: Int, _ to: Int) -> JSON {
    ["start": ["line": .int(line), "character": .int(from)], "end": ["line": .int(line), "character": .int(to)]]
  }

  var diagnostics: [JSON] { published[Self.uri] ?? [] }
}
