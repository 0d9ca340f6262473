/// The forms of files that a script reads, by the words that read them.
public enum InputFormat: String, Sendable, CaseIterable {
  case csv, json, jsonl, yaml, lines

  public var summary: String {
    switch self {
    case .csv: "the rows of a CSV file"
    case .json: "a JSON document"
    case .jsonl: "the rows of a file with one JSON object on each line"
    case .yaml: "a YAML document"
    case .lines: "the lines of a file"
    }
  }

  public var example: String {
    switch self {
    case .csv: "csv \"hires.csv\" as { email: Email }"
    case .json: "json \"members.json\" as { data: [{ email: Email }] }"
    case .jsonl: "jsonl \"hires.jsonl\" as { email: Email }"
    case .yaml: "yaml \"hires.yaml\" as [{ email: Email }]"
    case .lines: "lines \"addresses.txt\""
    }
  }

  /// Whether `as` is the type of a row, and not of the whole document.
  var namesRow: Bool { self == .csv || self == .jsonl }
}

/// An input that is to be read as a type.
struct Input {
  let format: InputFormat
  let type: Type
  let path: String
  let world: any World

  private var name: String { path == "-" ? "standard input" : path }

  /// The bytes; reading ends when the person asks to stop.
  private func open() throws(RunError) -> InputSource {
    let source = try world.input(path)
    let world = world
    return InputSource { memory throws(RunError) in
      if world.isInterrupted { throw Interruption.asked }
      return try source.read(into: memory)
    }
  }

  /// Whether it can be had in portions.
  static func hasPortions(_ format: InputFormat, _ type: Type) -> Bool { format == .lines || hasRows(format, type) }

  private static func hasRows(_ format: InputFormat, _ type: Type) -> Bool {
    guard case .table = type else { return false }
    return format == .csv || format == .jsonl || format == .json
  }

  /// Rows or lines in portions; nil for what is read whole.
  func portions() throws(RunError) -> (any PortionReader)? {
    if format == .lines { return try LineReader(try open(), name: name) }
    return try rows()
  }

  /// The rows in portions; nil for what is read whole.
  private func rows() throws(RunError) -> (any RowReader)? {
    guard case .table(let row) = type, Self.hasRows(format, type) else { return nil }
    if format == .csv { return try CSVReader(try open(), name: name, type: row) }
    return try JSONReader(try open(), name: name, type: type, form: format == .json ? .rows : .lines)
  }

  /// All of it.
  func value() throws(RunError) -> Value {
    if var rows = try rows() { return .table(try rows.all() ?? .empty(rowType)) }
    switch format {
    case .yaml: return try YAMLReader.value(try open(), name: name, type: type)
    case .lines:
      var lines = try LineReader(try open(), name: name)
      return try lines.portion(atMost: .max) ?? .list([])
    default:
      var reader = try JSONReader(try open(), name: name, type: type, form: .document)
      return try reader.document()
    }
  }

  private var rowType: RecordType {
    if case .table(let row) = type { return row }
    return RecordType([])
  }

  /// What the type is by the data itself, without hidden columns.
  static func inferredType(_ format: InputFormat, _ path: String, _ world: any World) throws(RunError) -> Type {
    let source = try Input(format: format, type: .unknown, path: path, world: world).open()
    switch format {
    case .csv: return .record(RecordType(try CSVReader.columns(source, name: path).map { Field($0, .optional(.text)) }))
    case .json: return try JSONInference.type(source, name: path, form: .document)
    case .jsonl: return try JSONInference.type(source, name: path, form: .lines)
    case .yaml: return try YAMLReader.inferredType(source, name: path)
    case .lines: return .list(.text)
    }
  }
}
