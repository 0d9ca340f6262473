/// What is wrong with the file of profiles, or with what was asked of it: where, what, and a way out.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String?
  /// From 1.
  public var line: Int?
  /// From 1, in characters.
  public var column: Int?
  public var message: String
  public var hint: String?

  public init(_ message: String, path: String? = nil, line: Int? = nil, column: Int? = nil, hint: String? = nil) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
    self.hint = hint
  }

  /// `config.yaml:3:5: …`, with the way out behind it.
  public var description: String {
    let place = [path, line.map(String.init), column.map(String.init)].compactMap(\.self).joined(separator: ":")
    return (place.isEmpty ? "" : place + ": ") + message + (hint.map { "; \($0)" } ?? "")
  }
}
