/// A text that equals only itself, byte by byte. Swift's own comparison takes two spellings of a character, as `é` and `e` with an
/// accent, for the same; the import compares exactly (`api.md` 6.2), and so does the database.
public struct ExactText: Hashable, Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
