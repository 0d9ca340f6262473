internal import SafeLanguage
internal import SafeTerminal
internal import Synchronization

/// What a test puts out, kept until it is known whether anybody wants to see it.
final class TestOutput: Sendable {
  private let schema: Schema
  private let state = Mutex((text: "", tables: 0))

  init(schema: Schema) { self.schema = schema }

  var text: String { state.withLock { $0.text } }

  /// What `save` writes to standard output.
  func add(text: String) { state.withLock { $0.text += text } }

  func add(_ output: Output) {
    state.withLock { state in
      switch output {
      case .line(let line): state.text += line + "\n"
      case .value(let value, _):
        state.text += ValueWriter(schema: schema, canvas: Canvas()).text(value, .table, isFirst: state.tables == 0)
        state.tables += 1
      case .chart(let value): state.text += ValueWriter(schema: schema, canvas: Canvas()).chart(value)
      case .warning(let text): state.text += "warning: \(text)\n"
      case .report(let report): state.text += ReportText(report, color: false).text
      case .progress, .saved: break
      }
    }
  }
}
