import SecretSafeAPI

/// The members of one JSON object in a request body. A reading method returns nil for what is missing, null or wrong, and notes
/// what is wrong: rules under the PascalCase path (`Collections[0].ReadOnly`), wrong types under the JSON path (`$.type`).
struct Fields {
  private let members: [JSONValue.Member]
  private let path: String
  private let jsonPath: String

  init(_ members: [JSONValue.Member], path: String = "", jsonPath: String = "$") {
    self.members = members
    self.path = path
    self.jsonPath = jsonPath
  }

  /// Names match without regard to case; the last one counts; null is as good as missing.
  private func value(_ name: String) -> JSONValue? {
    let lowercased = name.lowercased()
    let found = members.last { $0.name == name || $0.name.lowercased() == lowercased }?.value
    return found == .null ? nil : found
  }

  func key(_ name: String) -> String { path + name.prefix(1).uppercased() + name.dropFirst() }
  private func jsonKey(_ name: String) -> String { jsonPath + "." + name }

  // MARK: Single values

  func text(_ name: String, atMost limit: Int, _ problems: inout Problems) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else {
      problems.add(jsonKey(name), "The value is not a string.")
      return nil
    }
    let field = name.prefix(1).uppercased() + name.dropFirst()
    // The contract's lengths are those of UTF-16.
    if text.utf16.count > limit {
      problems.add(key(name), "The field \(field) must be a string with a maximum length of \(limit).")
      return nil
    }
    if text.utf8.contains(0) {
      problems.add(key(name), "The field \(field) must not contain a null character.")
      return nil
    }
    return text
  }

  /// A text that has to be there and to hold more than white space.
  func requiredText(_ name: String, atMost limit: Int, _ problems: inout Problems) -> String? {
    var own = Problems()
    let text = text(name, atMost: limit, &own)
    if own.isEmpty, text?.isBlank ?? true { own.addMissing(key(name)) }
    problems.add(own)
    return text
  }

  /// Only white space is stored as null.
  func externalId(_ problems: inout Problems) -> String? {
    text("externalId", atMost: ExternalID.limit, &problems).flatMap { $0.isBlank ? nil : $0 }
  }

  func memberType(_ problems: inout Problems) -> MemberType? {
    guard let value = value("type") else {
      problems.addMissing(key("type"))
      return nil
    }
    // A number in quotes is taken elsewhere, not for an enumeration.
    guard case .number(let digits) = value, let number = Int(digits) else {
      problems.add(jsonKey("type"), "The value is not a whole number.")
      return nil
    }
    let type = MemberType(rawValue: number)
    guard MemberType.writable.contains(type) else {
      problems.add(key("type"), "The field Type is invalid.")
      return nil
    }
    return type
  }

  func flag(_ name: String, required: Bool = false, _ problems: inout Problems) -> Bool? {
    switch value(name) {
    case .bool(let flag): return flag
    case nil:
      if required { problems.addMissing(key(name)) }
      return nil
    default:
      problems.add(jsonKey(name), "The value is not true or false.")
      return nil
    }
  }

  /// A whole number of 32 bits; a text that holds one is taken, too.
  func number(_ name: String, _ problems: inout Problems) -> Int? {
    switch value(name) {
    case nil: return nil
    case .number(let digits), .string(let digits):
      if let number = Int32(digits) { return Int(number) }
    default: break
    }
    problems.add(jsonKey(name), "The value is not a whole number.")
    return nil
  }

  /// An object as it was sent.
  func object(_ name: String, _ problems: inout Problems) -> JSONValue? {
    guard let value = value(name) else { return nil }
    guard case .object = value else {
      problems.add(jsonKey(name), "The value is not an object.")
      return nil
    }
    return value
  }

  /// The members of an object.
  func fields(_ name: String, _ problems: inout Problems) -> Fields? {
    guard case .object(let members) = object(name, &problems) else { return nil }
    return Fields(members, path: key(name) + ".", jsonPath: jsonKey(name))
  }

  func permissions(_ problems: inout Problems) -> Permissions? {
    guard let fields = fields("permissions", &problems) else { return nil }
    return Permissions(names: Permissions.names.filter { fields.flag($0, &problems) ?? false })
  }

  // MARK: Arrays

  /// Identifiers; one that is there twice counts once.
  func ids(_ name: String, _ problems: inout Problems) -> [GUID]? {
    guard let elements = elements(name, &problems) else { return nil }
    var seen: Set<GUID> = []
    var ids: [GUID] = []
    for (index, element) in elements.enumerated() {
      if let id = id(element, "\(jsonKey(name))[\(index)]", &problems), seen.insert(id).inserted { ids.append(id) }
    }
    return ids
  }

  func requiredIds(_ name: String, _ problems: inout Problems) -> [GUID]? {
    if value(name) == nil { problems.addMissing(key(name)) }
    return ids(name, &problems)
  }

  /// The objects of an array that has to be there.
  func requiredObjects(_ name: String, _ problems: inout Problems) -> [Fields]? {
    if value(name) == nil { problems.addMissing(key(name)) }
    guard let elements = elements(name, &problems) else { return nil }
    var objects: [Fields] = []
    for (index, element) in elements.enumerated() {
      if case .object(let members) = element {
        objects.append(Fields(members, path: "\(key(name))[\(index)].", jsonPath: "\(jsonKey(name))[\(index)]"))
      } else {
        problems.add("\(jsonKey(name))[\(index)]", "The value is not an object.")
      }
    }
    return objects
  }

  // MARK: What the import takes for text (`api.md` 6.1)

  /// A text that has to be there; a number is taken as its text, a boolean as `True` or `False`.
  func requiredScalarText(_ name: String, atMost limit: Int, _ problems: inout Problems) -> String? {
    guard let text = value(name).flatMap(Self.scalarText) else { return requiredText(name, atMost: limit, &problems) }
    return Fields([.init(name: name, value: .string(text))], path: path, jsonPath: jsonPath).requiredText(name, atMost: limit, &problems)
  }

  /// An array of them that has to be there; a single one counts as an array of one.
  func requiredScalarTexts(_ name: String, _ problems: inout Problems) -> [String]? {
    guard let value = value(name) else {
      problems.addMissing(key(name))
      return nil
    }
    if let text = Self.scalarText(value) { return [text] }
    guard let elements = elements(name, &problems) else { return nil }
    var texts: [String] = []
    for (index, element) in elements.enumerated() {
      if let text = Self.scalarText(element) { texts.append(text) } else { problems.add("\(jsonKey(name))[\(index)]", "The value is not a string.") }
    }
    return texts
  }

  private static func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "True" : "False"
    default: nil
    }
  }

  // MARK: Associations

  /// Associations (`api.md` 3.1). The same id twice is refused.
  func associations(_ name: String, _ problems: inout Problems) -> [Association]? {
    guard let elements = elements(name, &problems) else { return nil }
    var seen: Set<GUID> = []
    var associations: [Association] = []
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element else {
        problems.add("\(jsonKey(name))[\(index)]", "The value is not an object.")
        continue
      }
      let fields = Fields(members, path: "\(key(name))[\(index)].", jsonPath: "\(jsonKey(name))[\(index)]")
      guard let association = fields.association(&problems) else { continue }
      if !seen.insert(association.id).inserted {
        problems.add(fields.key("id"), "The Id '\(association.id)' is given twice.")
      }
      associations.append(association)
    }
    return associations
  }

  private func association(_ problems: inout Problems) -> Association? {
    let id = value("id").flatMap { self.id($0, jsonKey("id"), &problems) }
    if value("id") == nil { problems.addMissing(key("id")) }
    let readOnly = flag("readOnly", required: true, &problems)
    let hidePasswords = flag("hidePasswords", &problems)
    let manage = flag("manage", &problems)
    guard let id, let readOnly else { return nil }
    return Association(id: id, readOnly: readOnly, hidePasswords: hidePasswords ?? false, manage: manage ?? false)
  }

  private func elements(_ name: String, _ problems: inout Problems) -> [JSONValue]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value else {
      problems.add(jsonKey(name), "The value is not an array.")
      return nil
    }
    return elements
  }

  private func id(_ value: JSONValue, _ key: String, _ problems: inout Problems) -> GUID? {
    guard case .string(let text) = value else {
      problems.add(key, "The value is not an identifier.")
      return nil
    }
    guard let id = GUID(text) else {
      problems.add(key, "The value '\(text.prefix(100))' is not valid.")
      return nil
    }
    return id
  }
}

extension Problems {
  fileprivate mutating func add(_ others: Problems) {
    for (key, texts) in others.errors { for text in texts { add(key, text) } }
  }
}

extension String {
  /// Only white space: an accent on a space is none.
  var isBlank: Bool { unicodeScalars.allSatisfy(\.properties.isWhitespace) }
}
