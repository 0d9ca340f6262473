/// What links an object to a directory: a text of its own choice (`api.md` 3.2.1).
enum ExternalID {
  /// UTF-16 units.
  static let limit = 300

  /// Whether it is short enough; none is.
  static func isAcceptable(_ text: String?) -> Bool { text.map { $0.utf16.count <= limit } ?? true }
}
