/// The fields of a row as somebody at the prompt asks for them.
extension PromptSession.Entry {
  /// One of them, or a relation.
  public struct FieldEntry: Sendable {
    public var name: String
    public var type: String
    public var about: String
  }

  /// Those of what the entry's last expression gives; nil if it has no rows.
  public var fields: [FieldEntry]? {
    guard case .expression(let value, _)? = script.program.statements.last?.kind else { return nil }
    let row: RecordType
    switch value.type.required {
    case .record(let found), .table(let found): row = found
    default: return nil
    }
    let fields = row.visible.map { field in
      var about = ""
      if case .enumeration(let cases) = field.type.required { about = cases.cases.prefix(6).map(\.name).joined(separator: ", ") + (cases.cases.count > 6 ? ", …" : "") }
      return FieldEntry(name: ".\(field.written)", type: "\(field.type)", about: about)
    }
    let relations = row.resource.flatMap { script.program.schema.resource(named: $0) }?.relations.filter { row.index(of: $0.name) == nil } ?? []
    return fields + relations.map { FieldEntry(name: ".\($0.name)", type: $0.isOne ? "\($0.target)?" : "[\($0.target)]", about: "fetched in bulk") }
  }
}
