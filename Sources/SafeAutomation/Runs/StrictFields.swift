internal import SecretSafeAPI

/// What is wrong in a file of ours: a JSON path, or the byte where the text is no JSON, and a reason.
struct FieldProblem: Error, CustomStringConvertible {
  let description: String

  init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }
}

/// The members of an object in a file of ours, read strictly: what is missing, unknown or of another type is a problem.
struct StrictFields {
  private let path: String
  private let members: [String: JSONValue]

  /// The object that a file is; its version is looked at first, for a later one may have anything else in it.
  static func file(_ bytes: [UInt8], version: Int, _ known: [String]) throws(FieldProblem) -> StrictFields {
    let value: JSONValue
    do { value = try JSONReader.read(bytes) } catch { throw FieldProblem("byte \(error.offset)", "no JSON: \(error.text)") }
    guard case .object = value else { throw FieldProblem("$", "an object is expected") }
    guard value["version"] == .number("\(version)") else {
      let found =
        if case .number(let number)? = value["version"] { "version \(number) is not known to this safesh, which reads" } else {
          "the version is missing; this safesh reads"
        }
      throw FieldProblem("$.version", "\(found) version \(version)")
    }
    return try StrictFields(value, "$", ["version"] + known)
  }

  init(_ value: JSONValue, _ path: String, _ known: [String]) throws(FieldProblem) {
    guard case .object(let list) = value else { throw FieldProblem(path, "an object is expected") }
    var members: [String: JSONValue] = [:]
    for member in list {
      guard known.contains(member.name) else { throw FieldProblem("\(path).\(member.name)", "there is no such member") }
      guard members.updateValue(member.value, forKey: member.name) == nil else { throw FieldProblem("\(path).\(member.name)", "it is there twice") }
    }
    (self.path, self.members) = (path, members)
  }

  func place(_ name: String) -> String { "\(path).\(name)" }

  /// Nil for what is left out or null.
  func value(_ name: String) -> JSONValue? {
    guard let value = members[name], value != .null else { return Optional.none }
    return value
  }

  func optionalText(_ name: String) throws(FieldProblem) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value else { throw FieldProblem(place(name), "a text is expected") }
    return text
  }

  func text(_ name: String) throws(FieldProblem) -> String { try present(try optionalText(name), name) }

  /// A whole number from 0.
  func optionalCount(_ name: String) throws(FieldProblem) -> Int? {
    guard let value = value(name) else { return nil }
    guard case .number(let digits) = value, let number = Int(digits), number >= 0 else { throw FieldProblem(place(name), "a whole number from 0 is expected") }
    return number
  }

  func count(_ name: String) throws(FieldProblem) -> Int { try present(try optionalCount(name), name) }

  func optionalTime(_ name: String) throws(FieldProblem) -> Timestamp? {
    guard let text = try optionalText(name) else { return nil }
    guard let time = Timestamp(text) else { throw FieldProblem(place(name), "'\(text.prefix(60))' is no time") }
    return time
  }

  func time(_ name: String) throws(FieldProblem) -> Timestamp { try present(try optionalTime(name), name) }

  func word<E: RawRepresentable & CaseIterable>(_ name: String) throws(FieldProblem) -> E where E.RawValue == String {
    let text = try text(name)
    guard let word = E(rawValue: text) else {
      throw FieldProblem(place(name), "'\(text.prefix(60))' is none of \(E.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }

  /// The elements of a list, which may be left out.
  func list<T>(_ name: String, _ element: (JSONValue, String) throws(FieldProblem) -> T) throws(FieldProblem) -> [T] {
    guard let value = value(name) else { return [] }
    guard case .array(let values) = value else { throw FieldProblem(place(name), "a list is expected") }
    var elements: [T] = []
    for (index, value) in values.enumerated() { elements.append(try element(value, "\(place(name))[\(index)]")) }
    return elements
  }

  private func present<T>(_ value: T?, _ name: String) throws(FieldProblem) -> T {
    guard let value else { throw FieldProblem(path, "'\(name)' is missing") }
    return value
  }
}
