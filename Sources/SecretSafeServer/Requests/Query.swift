import SecretSafeAPI

/// The parameters behind a path. Names match without regard to case, the first one counts, and an empty one is as good as missing.
struct Query {
  private let form: Form

  init(_ text: String?) { form = Form((text ?? "").utf8, isQuery: true) }

  subscript(_ name: String) -> String? { form[name.lowercased()] }

  func time(_ name: String, _ problems: inout Problems) -> Timestamp? { value(name, &problems) { Timestamp($0) } }
  func id(_ name: String, _ problems: inout Problems) -> GUID? { value(name, &problems) { GUID($0) } }

  private func value<T>(_ name: String, _ problems: inout Problems, _ make: (String) -> T?) -> T? {
    guard let text = self[name] else { return nil }
    let value = make(text)
    if value == nil { problems.add(name, "The value '\(text.prefix(100))' is not valid.") }
    return value
  }
}
