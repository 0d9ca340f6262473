internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeServer

/// Writes the lists of `safesh org`, `safesh profile` and `safesh runs` the way that values of the language are written.
struct ListOutput {
  enum Column {
    case text(String), optionalText(String), int(String), optionalInt(String), bool(String), time(String), optionalTime(String)

    var field: Field {
      switch self {
      case .text(let name): Field(name, .text)
      case .optionalText(let name): Field(name, .optional(.text))
      case .int(let name): Field(name, .int)
      case .optionalInt(let name): Field(name, .optional(.int))
      case .bool(let name): Field(name, .bool)
      case .time(let name): Field(name, .time)
      case .optionalTime(let name): Field(name, .optional(.time))
      }
    }
  }

  private let format: OutputFormat
  private let writer: ValueWriter

  init(_ format: OutputFormat) {
    self.format = format
    writer = ValueWriter(
      schema: SecretSafeSchema.schema,
      canvas: .output(color: format == .table && ColorChoice.auto.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)))
  }

  func table(_ columns: [Column], _ rows: [[Value]]) {
    let type = RecordType(columns.map(\.field))
    var builder = TableBuilder(type)
    for row in rows { builder.add(row) }
    StandardOutput.write(writer.text(.table(builder.table()), format, isFirst: true))
  }

  /// Names and values, one a line as `name=value`; in the other formats a record.
  func pairs(_ pairs: [(String, String)]) {
    if format == .table {
      StandardOutput.write(pairs.map { "\($0.0)=\($0.1)\n" }.joined())
      return
    }
    let type = RecordType(pairs.map { Field($0.0, .text) })
    var builder = TableBuilder(type)
    builder.add(pairs.map { .text($0.1) })
    StandardOutput.write(writer.text(.record(Row(builder.table(), 0)), format, isFirst: true))
  }

  /// A key that was made just now, behind what belongs to it.
  func key(_ key: OrganizationKey, with others: [(String, String)] = []) {
    pairs(others + [("client_id", key.clientID), ("client_secret", key.clientSecret)])
    Terminal.write("The secret is shown once; only a hash of it is kept.\n", to: STDERR_FILENO)
  }
}
