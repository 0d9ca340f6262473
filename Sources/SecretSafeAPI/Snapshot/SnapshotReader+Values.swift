// A reading method gives nil for what is missing, null or wrong, and notes what is wrong.

extension SnapshotReader {
  mutating func access(_ fields: SnapshotFields, _ collections: Set<GUID>) -> [Association] {
    let associations: [Association?] = list(fields, "collections") { reader, value, path in
      guard let item = reader.object(value, path, ["id", "access"]) else { return nil }
      let access: String? = reader.word(item, "access", Access.named.map(\.name))
      guard let id = item["id"] else { return reader.note(path, "'id' is missing") }
      guard let id = reader.reference(id, item.path("id"), to: collections, "no collection of this snapshot has the id"),
        let level = Access.allCases.first(where: { "\($0)" == access })
      else { return nil }
      return Association(id: id, access: level)
    }
    demandDistinct(associations.map { $0?.id }, fields.path("collections"), "id")
    return associations.compactMap(\.self)
  }

  mutating func permissions(_ fields: SnapshotFields) -> Permissions? {
    guard fields.has("permissions") else { return nil }
    let names: [String?] = list(fields, "permissions") { reader, value, path in
      guard case .string(let name) = value, Permissions.names.contains(name) else {
        return reader.note(path, "\(reader.text(value)) is none of \(Permissions.names.joined(separator: ", "))")
      }
      return name
    }
    return Permissions(names: names.compactMap(\.self))
  }

  mutating func email(_ fields: SnapshotFields) -> String? {
    guard let value = fields["email"] else { return note(fields.path, "'email' is missing") }
    guard case .string(let text) = value else { return note(fields.path("email"), "a text is expected, not \(self.text(value))") }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    let isClean = !text.unicodeScalars.contains { $0.properties.isWhitespace || $0.value < 0x20 }
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), isClean, text.unicodeScalars.count <= 256 else {
      return note(fields.path("email"), "'\(text.prefix(100))' is no e-mail address")
    }
    return text.lowercased()
  }

  mutating func enumeration<E: OpenEnumeration>(_ fields: SnapshotFields, _ name: String, _ words: [String]) -> E? {
    word(fields, name, words).flatMap { E(name: $0) }
  }

  mutating func word(_ fields: SnapshotFields, _ name: String, _ words: [String]) -> String? {
    guard let value = fields[name] else { return note(fields.path, "'\(name)' is missing") }
    if case .string(let word) = value, words.contains(word) { return word }
    return note(fields.path(name), "\(text(value)) is none of \(words.joined(separator: ", "))")
  }

  mutating func id(_ fields: SnapshotFields, _ name: String) -> GUID? {
    guard let value = fields[name] else { return note(fields.path, "'\(name)' is missing") }
    return reference(value, fields.path(name), to: nil, "")
  }

  mutating func reference(_ value: JSONValue, _ path: String, to known: Set<GUID>?, _ lacking: String) -> GUID? {
    guard case .string(let text) = value, let id = GUID(text) else {
      return note(path, "an id as 6ba7b810-9dad-41d1-80b4-00c04fd430c8 is expected, not \(text(value))")
    }
    if let known, !known.contains(id) { return note(path, "\(lacking) \(id)") }
    return id
  }

  /// Null and white space only are none, unless it may be blank.
  mutating func optionalText(_ fields: SnapshotFields, _ name: String, mayBeBlank: Bool = false) -> String? {
    switch fields[name] {
    case nil, .null?: return nil
    case .string(let text)?:
      if text.utf8.contains(0) { return note(fields.path(name), "a text must not have a null character") }
      let isBlank = text.unicodeScalars.allSatisfy(\.properties.isWhitespace)
      return isBlank && !mayBeBlank ? note(fields.path(name), "a text with something in it is expected; leave it out if there is none") : text
    case let value?: return note(fields.path(name), "a text is expected, not \(text(value))")
    }
  }

  mutating func flag(_ fields: SnapshotFields, _ name: String) -> Bool {
    switch fields[name] {
    case nil, .null?: return false
    case .bool(let flag)?: return flag
    case let value?:
      note(fields.path(name), "true or false is expected, not \(text(value))")
      return false
    }
  }

  mutating func count(_ fields: SnapshotFields, _ name: String, from least: Int = 1) -> Int? {
    switch fields[name] {
    case nil, .null?: return nil
    case .number(let digits)?: if let count = Int32(digits), count >= least { return Int(count) }
    default: break
    }
    return note(fields.path(name), "a whole number from \(least) on is expected")
  }

  // MARK: structure

  mutating func object(_ value: JSONValue, _ path: String, _ known: Set<String>) -> SnapshotFields? {
    guard case .object(let members) = value else { return note(path, "an object is expected, not \(text(value))") }
    var seen: Set<String> = []
    for member in members {
      if !seen.insert(member.name).inserted { note("\(path).\(member.name)", "the name is there twice") }
      if !known.contains(member.name) { note("\(path).\(member.name)", "there is no such member; there are \(known.sorted().joined(separator: ", "))") }
    }
    return SnapshotFields(path: path, value: value)
  }

  mutating func optionalObject(_ fields: SnapshotFields, _ name: String, _ known: Set<String>) -> SnapshotFields? {
    guard fields.has(name), let value = fields[name] else { return nil }
    return object(value, fields.path(name), known)
  }

  mutating func list<T>(
    _ fields: SnapshotFields, _ name: String, _ read: (inout SnapshotReader, JSONValue, String) -> T?
  ) -> [T?] {
    guard fields.has(name), let value = fields[name] else { return [] }
    guard case .array(let elements) = value else {
      note(fields.path(name), "a list is expected, not \(text(value))")
      return []
    }
    return elements.enumerated().map { read(&self, $1, "\(fields.path(name))[\($0)]") }
  }

  mutating func demandDistinct<T: Hashable>(_ values: [T?], _ path: String, _ name: String?) {
    var seen: Set<T> = []
    for (index, value) in values.enumerated() {
      if let value, !seen.insert(value).inserted { note("\(path)[\(index)]" + (name.map { ".\($0)" } ?? ""), "\(value) is there twice") }
    }
  }

  @discardableResult
  mutating func note<T>(_ place: String, _ text: String) -> T? {
    problems.append(SnapshotProblem(place, text))
    return nil
  }

  mutating func note(_ place: String, _ text: String) { problems.append(SnapshotProblem(place, text)) }

  /// A value as a message shows it.
  func text(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): "'\(text.prefix(60))'"
    case .array: "a list"
    case .object: "an object"
    default: String(decoding: value.json, as: UTF8.self)
    }
  }
}

/// The members of one object, and where it is.
struct SnapshotFields {
  let path: String
  let value: JSONValue

  subscript(_ name: String) -> JSONValue? { value[name] }
  /// Null is as good as missing.
  func has(_ name: String) -> Bool { value[name] != nil && value[name] != .null }
  func path(_ name: String) -> String { "\(path).\(name)" }
}
