public import SafeLanguage

/// `safesh lsp`: the Language Server Protocol over bytes. It is fed what the editor writes and gives what to write back; it opens nothing itself.
public struct LanguageServer {
  let schema: Schema
  let version: String
  /// Reads a file that no editor has open.
  let read: @Sendable (_ path: String) throws(RunError) -> [UInt8]
  /// Names of things that are there, of which a server knows files.
  let live: LiveNames
  var documents: [String: Document] = [:]
  /// Those whose diagnostics the editor does not have yet.
  private var changed: Set<String> = []
  private var reader = MessageReader()
  private var state = State.fresh
  /// What the process ends with, once the editor said so.
  public private(set) var exitStatus: Int32?

  private enum State { case fresh, running, shutDown }

  public init(
    schema: Schema, version: String, live: LiveNames = LiveNames(), read: @escaping @Sendable (_ path: String) throws(RunError) -> [UInt8]
  ) {
    self.live = live
    self.schema = schema
    self.version = version
    self.read = read
  }

  /// Takes bytes and gives the answers. Diagnostics come last, so that of several changes at once only the last is checked.
  public mutating func receive(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    reader.add(bytes)
    var answers: [JSON] = []
    while exitStatus == nil, let event = reader.next() {
      switch event {
      case .malformed(let reason): answers.append(Self.failure(.null, .parse, reason))
      case .message(let bytes):
        guard let message = JSON(bytes) else {
          answers.append(Self.failure(.null, .parse, "this is no JSON"))
          continue
        }
        if let answer = handle(message) { answers.append(answer) }
      }
    }
    return (answers + publications()).flatMap { MessageReader.framed($0) }
  }

  // MARK: messages

  enum Failure: Int, Error {
    case parse = -32700
    case invalidRequest = -32600
    case unknownMethod = -32601
    case invalidParameters = -32602
    case notInitialized = -32002
  }

  private static func failure(_ id: JSON, _ code: Failure, _ message: String) -> JSON {
    ["jsonrpc": "2.0", "id": id, "error": ["code": .int(code.rawValue), "message": .string(message)]]
  }

  private mutating func handle(_ message: JSON) -> JSON? {
    let id = message["id"]
    guard let method = message["method"]?.string else {
      // An answer to something that was asked; nothing is.
      if case .object = message, id != nil, message["result"] != nil || message["error"] != nil { return nil }
      return Self.failure(id ?? .null, .invalidRequest, "a message has a 'method'")
    }
    let parameters = message["params"] ?? .null
    guard let id else {
      notify(method, parameters)
      return nil
    }
    if method == "initialize", state == .fresh {
      state = .running
      return ["jsonrpc": "2.0", "id": id, "result": capabilities]
    }
    switch state {
    case .fresh: return Self.failure(id, .notInitialized, "'initialize' comes first")
    case .shutDown: return Self.failure(id, .invalidRequest, "nothing follows 'shutdown'")
    case .running: break
    }
    do throws(Failure) {
      return ["jsonrpc": "2.0", "id": id, "result": try result(method, parameters)]
    } catch {
      switch error {
      case .unknownMethod: return Self.failure(id, error, "there is no method '\(method)'")
      case .invalidParameters: return Self.failure(id, error, "'\(method)' needs other parameters, or a document that is open")
      default: return Self.failure(id, error, "'\(method)' was refused")
      }
    }
  }

  private mutating func result(_ method: String, _ parameters: JSON) throws(Failure) -> JSON {
    if method == "shutdown" {
      state = .shutDown
      return .null
    }
    guard let feature = Self.features[method] else { throw .unknownMethod }
    guard let uri = parameters["textDocument"]?["uri"]?.string, let document = analyzed(uri) else { throw .invalidParameters }
    guard let result = feature(document, parameters) else { throw .invalidParameters }
    return result
  }

  private mutating func notify(_ method: String, _ parameters: JSON) {
    if method == "exit" {
      exitStatus = state == .shutDown ? 0 : 1
      return
    }
    guard state == .running, let uri = parameters["textDocument"]?["uri"]?.string else { return }
    let version = parameters["textDocument"]?["version"]?.int
    switch method {
    case "textDocument/didOpen":
      guard let text = parameters["textDocument"]?["text"]?.string else { return }
      documents[uri] = Document(uri: uri, text: text, version: version)
      invalidate(uri)
    case "textDocument/didChange":
      guard documents[uri] != nil, let changes = parameters["contentChanges"]?.array else { return }
      documents[uri]?.change(changes, version: version)
      invalidate(uri)
    case "textDocument/didSave": invalidate(uri)
    case "textDocument/didClose":
      guard documents.removeValue(forKey: uri) != nil else { return }
      invalidate(uri)
    default: break
    }
  }

  /// A changed document changes those that use it, too.
  private mutating func invalidate(_ uri: String) {
    changed.insert(uri)
    for (other, document) in documents where other != uri && document.source.usesFiles {
      documents[other]?.analysis = nil
      changed.insert(other)
    }
  }

  // MARK: documents

  /// The document with what is known of its text.
  private mutating func analyzed(_ uri: String) -> Document? {
    guard var document = documents[uri] else { return nil }
    if document.analysis == nil {
      document.analysis = Analysis(document.source, schema: schema, loader: loader)
      document.analysis?.live = live
      documents[uri] = document
    }
    return document
  }

  /// Used files as the editor has them, or as they are on disk.
  private var loader: SourceLoader {
    let open = Dictionary(documents.values.map { ($0.source.name, $0.source) }) { first, _ in first }
    return SourceLoader { [read] path, user throws(RunError) in
      let folder = user.name.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
      let full = Self.standardized(path.hasPrefix("/") || folder.isEmpty ? path : folder + "/" + path)
      if let source = open[full] { return source }
      return SourceFile(name: full, bytes: try read(full))
    }
  }

  static func standardized(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", parts.last.map({ $0 != ".." }) == true { parts.removeLast() } else { parts.append(part) }
    }
    return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
  }

  private mutating func publications() -> [JSON] {
    defer { changed = [] }
    return changed.sorted().map { uri in
      var parameters: [String: JSON] = ["uri": .string(uri), "diagnostics": []]
      if let document = analyzed(uri), let analysis = document.analysis {
        parameters["diagnostics"] = .array(analysis.diagnostics.map { Self.diagnostic($0, document, analysis) })
        if let version = document.version { parameters["version"] = .int(version) }
      }
      return ["jsonrpc": "2.0", "method": "textDocument/publishDiagnostics", "params": .object(parameters)]
    }
  }
}
