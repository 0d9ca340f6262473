/// Names of things that are there now, as far as they are at hand: whoever completes never waits.
public struct LiveNames: Sendable {
  /// Values of a field of a list (`groups`, `name`) that begin so, without regard to case, each with a line about it.
  public var values: @Sendable (_ list: String, _ field: String, _ beginning: String) -> [Completer.Candidate]
  /// Paths that begin so; those of folders end with a slash.
  public var files: @Sendable (_ beginning: String) -> [Completer.Candidate]

  public init(
    values: @escaping @Sendable (_ list: String, _ field: String, _ beginning: String) -> [Completer.Candidate] = { _, _, _ in [] },
    files: @escaping @Sendable (_ beginning: String) -> [Completer.Candidate] = { _ in [] }
  ) {
    self.values = values
    self.files = files
  }
}

/// Group names, e-mails and external ids where one may stand, and files behind `csv`.
extension Completer {
  /// What may stand at a place besides words of the language.
  private enum Place {
    /// A value of one of these fields of a list; `closing` is what ends the place behind a text.
    case field(ResourceType, [String], closing: String)
    /// A row of the list: an address, or `groups["…"]`.
    case row([ResourceType])
    case file
  }

  /// Candidates from live names, and whether only they can stand there; nil where none can.
  func liveCandidates(_ text: String, at offset: Int) -> (range: Range<Int>, candidates: [Candidate], isAll: Bool)? {
    let bytes = Array(text.utf8)
    let head = String(decoding: bytes[..<offset], as: UTF8.self)
    let parsed = Parser.parse(SourceFile(name: "", text: head), marking: true)
    if let open = parsed.diagnostics.first(where: { $0.code == .openText && $0.span.end >= offset }) {
      return inText(bytes, open.span.start, offset)
    }
    if let comment = parsed.comments.last, comment.end == offset { return nil }
    var start = offset
    while start > 0, Self.isAddressByte(bytes[start - 1]) { start -= 1 }
    guard let place = place(bytes, start) else { return nil }
    let word = String(decoding: bytes[start..<offset], as: UTF8.self)
    return (start..<offset, candidates(place, word), false)
  }

  private static func isAddressByte(_ byte: UInt8) -> Bool { isWord(byte) || ".@-+%".utf8.contains(byte) }

  private func inText(_ bytes: [UInt8], _ quote: Int, _ offset: Int) -> (range: Range<Int>, candidates: [Candidate], isAll: Bool)? {
    let sign = bytes[quote]
    // A text over lines, or one that goes on behind an expression in it, is no name.
    guard quote + 1 <= offset, !bytes[quote + 1..<offset].contains(UInt8(ascii: "{")), let place = place(bytes, quote) else { return nil }
    let beginning = String(decoding: bytes[(quote + 1)..<offset], as: UTF8.self)
    let isClosed = offset < bytes.count && bytes[offset] == sign
    let end = String(decoding: [sign], as: UTF8.self)
    var found: [Candidate] = []
    switch place {
    case .file:
      found = files(beginning).map { $0.text.hasSuffix("/") || isClosed ? $0 : Candidate(text: $0.text + end, help: $0.help) }
    case .field(let resource, let fields, let closing):
      found = values(resource, fields, beginning).map { value in
        let inner = sign == UInt8(ascii: "\"") ? String(Value.text(value.text).literal.dropFirst().dropLast()) : value.text
        return Candidate(text: inner + (isClosed ? "" : end + closing), help: value.help)
      }
    case .row(let resources):
      for resource in resources where resource.isNamedByKey {
        found += values(resource, Array(resource.keys.prefix(1)), beginning).map { Candidate(text: $0.text + (isClosed ? "" : end), help: $0.help) }
      }
    }
    return (quote + 1..<offset, found, true)
  }

  private func files(_ beginning: String) -> [Candidate] { live.files(beginning).filter { !$0.text.contains("\"") && !$0.text.contains("{") } }

  private func values(_ resource: ResourceType, _ fields: [String], _ beginning: String) -> [Candidate] {
    fields.flatMap { live.values(resource.plural, $0, beginning) }
  }

  private func candidates(_ place: Place, _ word: String) -> [Candidate] {
    switch place {
    case .file: return files(word).map { Candidate(text: $0.text.hasSuffix("/") ? "\"" + $0.text : Value.text($0.text).literal, help: $0.help) }
    case .field(let resource, let fields, _):
      return fields.flatMap { field in
        let isAddress = resource.row.index(of: field).map { resource.row.fields[$0].type.required == .email } ?? false
        return live.values(resource.plural, field, word).map { Candidate(text: Self.written($0.text, isAddress), help: $0.help) }
      }
    case .row(let resources):
      return resources.flatMap { resource -> [Candidate] in
        guard let key = resource.keys.first, let index = resource.row.index(of: key) else { return [] }
        let isAddress = resource.row.fields[index].type.required == .email
        return live.values(resource.plural, key, word).map { found in
          let value = Self.written(found.text, isAddress)
          return Candidate(text: isAddress ? value : "\(resource.plural)[\(value)]", help: found.help)
        }
      }
    }
  }

  /// An address stands bare where the lexer takes it for one.
  private static func written(_ text: String, _ isAddress: Bool) -> String {
    guard isAddress else { return Value.text(text).literal }
    var lexer = Lexer(SourceFile(name: "", text: text))
    let tokens = lexer.tokens()
    return tokens.count == 2 && tokens[0].isEmail ? text : Value.text(text).literal
  }

  // MARK: places

  /// The place directly before a byte.
  private func place(_ bytes: [UInt8], _ start: Int) -> Place? {
    let before = String(decoding: bytes[..<start], as: UTF8.self)
    let parsed = Parser.parse(SourceFile(name: "", text: before), marking: true)
    let tokens = parsed.tokens.dropLast()
    guard let last = tokens.last else { return nil }
    var completer = self
    completer.starts = parsed.marks.statements
    return completer.place(before, tokens, last)
  }

  private func place(_ before: String, _ tokens: ArraySlice<Token>, _ last: Token) -> Place? {
    let previous = tokens.dropLast().last
    if let resource = listedRows(tokens) { return .row([resource]) }
    if last.isSign(.openBracket), !last.spaceBefore, case .name(let name)? = previous?.kind, let resource = schema.resource(listed: name) {
      return resource.keys.isEmpty ? nil : .field(resource, resource.keys, closing: "]")
    }
    if last.isSign(.equal) || last.isSign(.notEqual) || last.isKeyword(.starts) || last.isKeyword(.has), let (row, field) = comparedField(before, tokens) {
      guard let resource = row.resource.flatMap({ schema.resource(named: $0) }), let index = row.index(of: field) else { return nil }
      switch row.fields[index].type.required {
      case .text, .email: return .field(resource, [field], closing: "")
      default: return nil
      }
    }
    if last.isKeyword(.use) { return .file }
    if case .name(let name) = last.kind {
      let isCalled = previous?.isSign(.dot) != true
      if isCalled, InputFormat(rawValue: name) != nil || name == "save" { return .file }
      if isCalled, let verbs = openVerb(tokens), verbs[0].name == name { return row(verbs.compactMap { if case .row(let name) = $0.subject { name } else { nil } }) }
    }
    if last.isSign(.openParenthesis), case .name(let name)? = previous?.kind, InputFormat(rawValue: name) != nil { return .file }
    if last.isSign(.colon), let label = previous?.word {
      let parameters = openVerb(tokens)?.flatMap(\.parameters) ?? openList(tokens)?.filters ?? []
      return row(parameters.filter { $0.name == label }.flatMap(\.type.rows))
    }
    return nil
  }

  private func row(_ names: [String]) -> Place? {
    var found: [ResourceType] = []
    for resource in names.compactMap({ schema.resource(named: $0) }) where !found.contains(where: { $0.name == resource.name }) { found.append(resource) }
    return found.isEmpty ? nil : .row(found)
  }
}
