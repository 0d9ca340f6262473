/// How high the tree is: each node adds one, and so does each level of the grammar that stands around it. What walks the tree calls itself
/// as often, so that the stack it takes follows from this number, whatever the tree is made of.
extension ExpressionKind {
  /// What stands in arguments and stages is mostly worked out for each row: that is more calls for each level than an operator takes.
  fileprivate static let rowHeight = 3

  var height: Int {
    switch self {
    case .int, .float, .bool, .null, .text, .duration, .date, .time, .email, .guid, .name, .it, .rowField, .missing: 0
    case .interpolation(let parts): parts.highest { if case .expression(let value) = $0 { value.height } else { 0 } }
    case .field(let base, _, _), .negate(let base), .not(let base), .typed(let base, _): base.height
    case .index(let a, let b), .binary(_, let a, let b): max(a.height, b.height)
    case .call(_, let arguments, _): arguments.highest { $0.value.height + Self.rowHeight }
    case .method(let base, _, let arguments, _): max(base.height, arguments.highest { $0.value.height + Self.rowHeight })
    case .list(let elements): elements.highest(\.height)
    case .record(let entries): entries.highest(\.value.height)
    case .pipeline(let source, let stages): max(source.height, stages.highest { $0.kind.height + Self.rowHeight })
    case .conditional(let condition, let then, let otherwise): max(condition.height, then.height, otherwise?.height ?? 0)
    case .attempt(let body, _, let recovery): max(body.height, recovery?.height ?? 0)
    }
  }
}

extension StageKind {
  var height: Int {
    switch self {
    case .filter(let value), .take(let value), .skip(let value): value.height
    case .select(let columns), .extend(let columns): columns.highest(\.value.height)
    case .sort(let keys): keys.highest(\.value.height)
    case .distinct(let keys): keys.highest(\.height)
    case .summarize(let columns, let keys): max(columns.highest(\.value.height), keys.highest(\.value.height))
    case .expand(let column): column.value.height
    case .join(let join): max(join.table.height, join.keys.highest { max($0.left.height, $0.right?.height ?? 0) })
    case .each(let each): max(each.block.height, each.par?.height ?? 0, each.key?.height ?? 0)
    case .call(_, let arguments, _): arguments.highest(\.value.height)
    case .missing: 0
    }
  }
}

extension StatementKind {
  var height: Int {
    switch self {
    case .declare(_, _, _, let value), .assign(_, _, let value), .expression(let value): value.height
    case .loop(_, let list, let body): max(list.height, body.height)
    case .param(_, _, let value, _): value?.height ?? 0
    case .return(let value): value?.height ?? 0
    case .failure(let message): message.height
    case .assertion(let condition, let message): max(condition.height, message?.height ?? 0)
    case .define(let definition): definition.height
    case .test(_, _, let body): body.height
    case .needs, .use, .missing: 0
    }
  }
}

extension DefinitionSyntax {
  var height: Int { max(body.height, parameters.highest { $0.value?.height ?? 0 }) }
}

extension Array {
  fileprivate func highest(_ height: (Element) -> Int) -> Int { reduce(0) { Swift.max($0, height($1)) } }
}
