import SecretSafeAPI

/// What is wrong with a request, all of it: key to texts, in the form of `api.md` 2.5 and 2.6.
struct Problems: Hashable, Sendable {
  /// More are not collected (`api.md` 2.6).
  static let limit = 200

  private(set) var errors: [String: [String]] = [:]
  private var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func add(_ key: String, _ text: String) {
    guard count < Self.limit else { return }
    count += 1
    errors[key, default: []].append(text)
  }

  mutating func addMissing(_ key: String) {
    add(key, "The \(key.split(separator: ".").last.map(String.init) ?? key) field is required.")
  }

  var body: ErrorObject { ErrorObject(message: "The request's model state is invalid.", errors: errors) }
}
