import HTTPTypes
import SecretSafeAPI
import Testing

@testable import SecretSafeServer

/// Holds answers against the served document: their status must be one that the operation names, and their body must be of its schema
/// and hold no member that is not in it.
struct DocumentValidator {
  static let shared = DocumentValidator(OpenAPI.document())

  private let document: JSONValue

  init(_ document: JSONValue) { self.document = document }

  /// What is wrong with an answer; nothing for what is no operation of the document.
  func problems(_ method: String, _ path: String, status: Int, type: String?, body: String) -> [String] {
    guard let operation = operation(method, path) else { return [] }
    let place = "\(method) \(path) \(status)"
    // A method or body refused before the operation.
    if status == 405 { return [] }
    guard let response = resolved(operation["responses"]?[String(status)]) else { return ["\(place): the document has no such status"] }
    guard let schema = response["content"]?["application/json"]?["schema"] else {
      if body.isEmpty { return type == nil ? [] : ["\(place): a content type without a body"] }
      // The one status that comes with and without a body.
      return status == 404 ? problems(reference("Error"), body, place) : ["\(place): a body that the document does not know"]
    }
    guard type == "application/json; charset=utf-8" else { return ["\(place): the content type is \(type ?? "missing")"] }
    return problems(schema, body, place)
  }

  private func problems(_ schema: JSONValue, _ body: String, _ place: String) -> [String] {
    guard let value = try? JSONReader.read(Array(body.utf8)) else { return ["\(place): the body is no JSON"] }
    var problems: [String] = []
    check(value, schema, place + " $", &problems)
    return problems
  }

  private func operation(_ method: String, _ path: String) -> JSONValue? {
    guard case .object(let paths) = document["paths"] else { return nil }
    let wanted = path.prefix { $0 != "?" }.split(separator: "/")
    let found = paths.first { entry in
      let parts = Array(entry.name.split(separator: "/").dropFirst())
      return parts.count == wanted.count && zip(parts, wanted).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
    }
    return found?.value[method.lowercased()]
  }

  private func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

  private func resolved(_ value: JSONValue?) -> JSONValue? {
    guard case .string(let path) = value?["$ref"] else { return value }
    return path.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
  }

  private func check(_ value: JSONValue, _ schema: JSONValue, _ place: String, _ problems: inout [String]) {
    guard let schema = resolved(schema) else { return problems.append("\(place): a reference to nothing") }
    if case .array(let choices) = schema["anyOf"] {
      let fits = choices.contains { choice in
        var own: [String] = []
        check(value, choice, place, &own)
        return own.isEmpty
      }
      if !fits { problems.append("\(place): \(value) fits none of the choices") }
    }
    checkType(value, schema, place, &problems)
    if case .array(let values) = schema["enum"], !values.contains(value) { problems.append("\(place): \(value) is none of the enumeration") }
    if let constant = schema["const"], constant != value { problems.append("\(place): \(value) is not \(constant)") }
    switch value {
    case .object(let members): checkMembers(members, schema, place, &problems)
    case .array(let elements):
      guard let items = schema["items"] else { return problems.append("\(place): an array of what?") }
      for (index, element) in elements.enumerated() { check(element, items, "\(place)[\(index)]", &problems) }
    case .string(let text): checkText(text, schema, place, &problems)
    default: break
    }
  }

  private func checkType(_ value: JSONValue, _ schema: JSONValue, _ place: String, _ problems: inout [String]) {
    let types: [JSONValue]
    switch schema["type"] {
    case .array(let several): types = several
    case let one?: types = [one]
    case nil: return
    }
    let fits: Bool
    switch value {
    case .null: fits = types.contains("null")
    case .bool: fits = types.contains("boolean")
    case .number(let digits): fits = types.contains("number") || types.contains("integer") && Int(digits) != nil
    case .string: fits = types.contains("string")
    case .array: fits = types.contains("array")
    case .object: fits = types.contains("object")
    }
    if !fits { problems.append("\(place): \(value) is no \(types)") }
  }

  private func checkMembers(_ members: [JSONValue.Member], _ schema: JSONValue, _ place: String, _ problems: inout [String]) {
    if case .array(let required) = schema["required"] {
      for case .string(let name) in required where !members.contains(where: { $0.name == name }) { problems.append("\(place): \(name) is missing") }
    }
    for member in members {
      if let known = schema["properties"]?[member.name] ?? schema["additionalProperties"] {
        check(member.value, known, "\(place).\(member.name)", &problems)
      } else if schema["properties"] != nil {
        problems.append("\(place): \(member.name) is not in the document")
      }
    }
  }

  private func checkText(_ text: String, _ schema: JSONValue, _ place: String, _ problems: inout [String]) {
    switch schema["format"] {
    case "uuid" where GUID(text)?.description != text: problems.append("\(place): '\(text)' is no identifier in lower case")
    case "date-time" where Timestamp(text)?.description != text: problems.append("\(place): '\(text)' is no time")
    default: break
    }
    if case .number(let most) = schema["maxLength"], text.utf16.count > Int(most) ?? 0 { problems.append("\(place): '\(text)' is too long") }
  }
}

@Suite struct DocumentTests {
  @Test func everyEndpointIsInTheDocumentOnce() {
    let document = OpenAPI.document()
    guard case .object(let paths) = document["paths"] else { return #expect(Bool(false), "no paths") }
    var operations: [String] = []
    for path in paths {
      guard case .object(let methods) = path.value else { continue }
      for method in methods {
        guard case .string(let id) = method.value["operationId"] else { continue }
        operations.append(id)
        #expect(Endpoint.all.contains { $0.name == id && $0.path == path.name && $0.method.rawValue.lowercased() == method.name })
      }
    }
    #expect(operations.sorted() == Endpoint.all.map(\.name).sorted())
  }

  @Test func everyReferenceLeadsSomewhere() {
    let document = OpenAPI.document()
    var missing: [String] = []
    func visit(_ value: JSONValue) {
      switch value {
      case .object(let members):
        for member in members {
          if member.name == "$ref", case .string(let path) = member.value {
            let found = path.split(separator: "/").dropFirst().reduce(document as JSONValue?) { $0?[String($1)] }
            if found == nil { missing.append(path) }
          }
          visit(member.value)
        }
      case .array(let elements): for element in elements { visit(element) }
      default: break
      }
    }
    visit(document)
    #expect(missing.isEmpty)
  }

  @Test(arguments: Way.allCases) func itIsServedToAll(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let answer = try await server.get("/api/specs/public/swagger.json")
      #expect(answer.status == 200 && answer.headers[.contentType] == "application/json; charset=utf-8")
      let document = try JSONReader.read(Array(answer.text.utf8))
      #expect(document["openapi"] == "3.1.0")
      #expect(document["components"]?["schemas"]?["MemberStatus"]?["x-enum-varnames"] == ["Revoked", "Invited", "Accepted", "Confirmed", "Staged"])
      let flow = document["components"]?["securitySchemes"]?["oauth2"]?["flows"]?["clientCredentials"]
      #expect(flow?["tokenUrl"] == "/identity/connect/token")
      // Without Swagger UI's files the page tells how to get them.
      #expect(try await server.get("/api/docs/").text.contains("scripts/fetch-swagger-ui"))
      #expect(try await server.get("/api/docs").headers[.location] == "/api/docs/")
    }
  }

  /// The validator must be able to fail.
  @Test(
    arguments: [
      (200, #"{"object":"list","data":[]}"#, nil), (200, #"{"object":"list"}"#, "data is missing"),
      (200, #"{"object":"list","data":[],"x":1}"#, "x is not in the document"),
      (200, #"{"object":"lists","data":[]}"#, "is not"), (200, #"{"object":"list","data":[{"object":"group"}]}"#, "name is missing"),
      (200, #"{"object":"list","data":{}}"#, "is no"), (418, "", "no such status"), (401, "x", "does not know"),
    ] as [(Int, String, String?)])
  func theValidatorSeesWhatIsWrong(_ status: Int, _ body: String, _ problem: String?) {
    let type = body.isEmpty || status != 200 ? nil : "application/json; charset=utf-8"
    let problems = DocumentValidator.shared.problems("GET", "/groups", status: status, type: type, body: body)
    if let problem { #expect(problems.contains { $0.contains(problem) }, "\(problems)") } else { #expect(problems.isEmpty, "\(problems)") }
  }
}
