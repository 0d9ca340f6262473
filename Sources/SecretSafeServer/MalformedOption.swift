/// Why a text is no value of an option. It names the text and what would be right.
public struct MalformedOption: Error, Hashable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}
