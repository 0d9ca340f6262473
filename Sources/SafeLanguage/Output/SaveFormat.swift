/// The forms in which values are written to files.
public enum SaveFormat: String, Sendable, CaseIterable {
  case csv, json, jsonl, yaml, md, html

  /// By the ending of a path.
  init?(path: String) {
    guard let dot = path.lastIndex(of: "."), let format = SaveFormat(rawValue: String(path[path.index(after: dot)...]).lowercased()) else {
      switch path.lowercased() {
      case let path where path.hasSuffix(".yml"): self = .yaml
      case let path where path.hasSuffix(".htm"): self = .html
      default: return nil
      }
      return
    }
    self = format
  }

  /// The formats as an enumeration of the language, so that `format: csv` is written like any other case.
  static let enumeration = EnumType(name: "Format", cases: allCases.enumerated().map { ("\($1)", $0) })
  static let names = allCases.map(\.rawValue).joined(separator: ", ")
  static let hint = "end it with \(allCases.map { ".\($0)" }.joined(separator: ", ")), or say it with 'format:'"

  static func refusal(of path: String) -> String {
    path == "-" ? "standard output has no ending that tells the format" : "the ending of '\(path)' tells no format"
  }
}
