internal import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// The ids that the twin gave to new objects, and those that the organization gave them.
final class Placeholders: Sendable {
  private let ids = Mutex<[GUID: GUID]>([:])

  func learn(_ placeholder: GUID, is id: GUID) { ids.withLock { $0[placeholder] = id } }

  /// The organization's id; one that is no placeholder is its own.
  func id(_ id: GUID) -> GUID { ids.withLock { $0[id] } ?? id }

  func ids(_ some: [GUID]) -> [GUID] { ids.withLock { ids in some.map { ids[$0] ?? $0 } } }

  /// A call of the rehearsal as the script will say it.
  func call(_ call: VerbCall) -> VerbCall {
    if ids.withLock({ $0.isEmpty }) { return call }
    var call = call
    call.subject = value(call.subject)
    call.arguments = call.arguments.mapValues(value)
    return call
  }

  private func value(_ value: Value) -> Value {
    switch value {
    case .record(let row): return .record(self.row(row))
    case .list(let values): return .list(values.map(self.value))
    case .table(let table):
      guard (0..<table.count).contains(where: { known(Row(table, $0)) != nil }) else { return value }
      var builder = TableBuilder(table.type)
      for index in 0..<table.count { builder.add(values(Row(table, index))) }
      return .table(builder.table())
    default: return value
    }
  }

  private func row(_ row: Row) -> Row { known(row) == nil ? row : Row(row.type, values(row)) }

  private func known(_ row: Row) -> GUID? { Rows.id(row).flatMap { id in ids.withLock { $0[id] } } }

  private func values(_ row: Row) -> [Value] {
    row.type.fields.map { field in field.name == "id" ? known(row).map { .text($0.description) } ?? row.value("id") : row.value(field.name) }
  }
}
