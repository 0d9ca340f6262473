/// Forms of JSON Schema that the document is made from.
enum JSONSchema {
  /// Without `required`, every property is.
  static func object(
    _ description: String, required: [String]? = nil, _ properties: [(String, JSONValue)], example: JSONValue? = nil
  ) -> JSONValue {
    let required = required ?? properties.map(\.0)
    var members: [(String, JSONValue)] = [("type", "object"), ("description", .string(description))]
    if !required.isEmpty { members.append(("required", .array(required.map { .string($0) }))) }
    members.append(("properties", .members(properties)))
    if let example { members.append(("examples", [example])) }
    return .members(members)
  }

  static func list(_ name: String, _ element: String, extra: [(String, JSONValue)] = []) -> JSONValue {
    object(
      "All of them, in no order that is promised.",
      [("object", constant("list", "The kind of the answer.")), ("data", array(reference(element), "The \(name)."))] + extra)
  }

  static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

  /// What the reference says, or null.
  static func optional(_ name: String, _ description: String) -> JSONValue {
    ["description": .string(description), "anyOf": [reference(name), ["type": "null"]]]
  }

  static func array(_ items: JSONValue, _ description: String, isOptional: Bool = false) -> JSONValue {
    ["type": type("array", isOptional), "description": .string(description), "items": items]
  }

  static func text(
    _ description: String, from least: Int? = nil, to most: Int? = nil, format: String? = nil, pattern: String? = nil, isOptional: Bool = false
  ) -> JSONValue {
    var members: [(String, JSONValue)] = [("type", type("string", isOptional)), ("description", .string(description))]
    if let format { members.append(("format", .string(format))) }
    if let least { members.append(("minLength", .init(integerLiteral: least))) }
    if let most { members.append(("maxLength", .init(integerLiteral: most))) }
    if let pattern { members.append(("pattern", .string(pattern))) }
    return .members(members)
  }

  static func id(_ description: String, isOptional: Bool = false) -> JSONValue {
    text(description, format: "uuid", isOptional: isOptional)
  }

  static func flag(_ description: String, isOptional: Bool = false) -> JSONValue {
    ["type": type("boolean", isOptional), "description": .string(description)]
  }

  static func number(_ description: String, isOptional: Bool = false) -> JSONValue {
    ["type": type("integer", isOptional), "format": "int32", "description": .string(description)]
  }

  /// A whole number that a request may also give as a text.
  static func lenientNumber(_ description: String) -> JSONValue {
    [
      "type": ["integer", "string", "null"], "description": .string(description), "pattern": #"^-?\d{1,9}$"#,
      "minimum": -2_147_483_648, "maximum": 2_147_483_647,
    ]
  }

  static func constant(_ value: String, _ description: String) -> JSONValue {
    ["type": "string", "const": .string(value), "description": .string(description)]
  }

  static func enumeration(_ names: [(name: String, number: Int)], _ description: String) -> JSONValue {
    [
      "type": "integer", "description": .string(description), "enum": .array(names.map { .init(integerLiteral: $0.number) }),
      "x-enum-varnames": .array(names.map { .string($0.name) }),
    ]
  }

  private static func type(_ name: JSONValue, _ isOptional: Bool) -> JSONValue { isOptional ? [name, "null"] : name }
}

extension JSONValue {
  static func members(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { Member(name: $0.0, value: $0.1) })
  }
}
