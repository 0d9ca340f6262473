extension TypedExpression {
  /// The same node over other parts; blocks, stages and predicates stay as they are.
  func mapping(_ transform: (TypedExpression) -> TypedExpression) -> TypedExpression {
    var result = self
    switch kind {
    case .constant, .local, .row, .rowField, .resource, .refresh, .attempt: break
    case .interpolation(let parts):
      result.kind = .interpolation(
        parts.map { part in
          if case .expression(let value) = part { return .expression(transform(value)) }
          return part
        })
    case .field(let a, let index): result.kind = .field(transform(a), index)
    case .column(let a, let index): result.kind = .column(transform(a), index)
    case .chain(let guards, let a): result.kind = .chain(guards.map { ($0.slot, transform($0.value)) }, transform(a))
    case .relation(let a, let relation, let slot): result.kind = .relation(transform(a), relation, slot: slot)
    case .lookup(let resource, let a, let key): result.kind = .lookup(resource, transform(a), key: transform(key))
    case .index(let a, let b): result.kind = .index(transform(a), transform(b))
    case .list(let values): result.kind = .list(values.map(transform))
    case .record(let type, let values): result.kind = .record(type, values.map(transform))
    case .not(let a): result.kind = .not(transform(a))
    case .negate(let a): result.kind = .negate(transform(a))
    case .and(let a, let b): result.kind = .and(transform(a), transform(b))
    case .or(let a, let b): result.kind = .or(transform(a), transform(b))
    case .compare(let comparison, let a, let b): result.kind = .compare(comparison, transform(a), transform(b))
    case .arithmetic(let operation, let a, let b): result.kind = .arithmetic(operation, transform(a), transform(b))
    case .coalesce(let a, let b): result.kind = .coalesce(transform(a), transform(b))
    case .contains(let a, let b, let how): result.kind = .contains(transform(a), transform(b), how)
    case .toFloat(let a): result.kind = .toFloat(transform(a))
    case .toTime(let a): result.kind = .toTime(transform(a))
    case .narrowed(let a, let type, let columns): result.kind = .narrowed(transform(a), type, columns)
    case .method(let method, let a, let arguments):
      result.kind = .method(
        method, transform(a),
        arguments.map { argument in
          if case .value(let value) = argument { return .value(transform(value)) }
          return argument
        })
    case .function(let function, let values): result.kind = .function(function, values.map(transform))
    case .input(let format, let path, let type): result.kind = .input(format, transform(path), type)
    case .fetch(let resource, var query):
      query.arguments = query.arguments.map { ($0.name, transform($0.value)) }
      query.conditions = query.conditions.map { ($0.field, $0.comparison, $0.slot, transform($0.value)) }
      query.limit = query.limit.map { ($0.slot, transform($0.value)) }
      result.kind = .fetch(resource, query)
    case .verb(let verb, let subject, let named): result.kind = .verb(verb, transform(subject), named.map { ($0.name, transform($0.value)) })
    case .invoke(let definition, let values): result.kind = .invoke(definition, values.map(transform))
    case .print(let a): result.kind = .print(transform(a))
    case .pipeline(let a, let stages): result.kind = .pipeline(transform(a), stages)
    case .conditional(let a, let then, let otherwise): result.kind = .conditional(transform(a), then, otherwise)
    case .bind(let slot, let a, let b): result.kind = .bind(slot, transform(a), transform(b))
    }
    return result
  }

  /// The parts that `mapping` reaches.
  var parts: [TypedExpression] {
    var found: [TypedExpression] = []
    _ = mapping {
      found.append($0)
      return $0
    }
    return found
  }

  /// The effect that is not of its parts: that of its blocks, stages and predicates, or its own.
  var ownEffect: Effect {
    switch kind {
    case .method(_, _, let arguments):
      arguments.reduce(.pure) { effect, argument in
        if case .row(let lambda) = argument { return effect.joined(lambda.effect) }
        return effect
      }
    case .pipeline(_, let stages): stages.reduce(.pure) { $0.joined($1.effect) }
    case .conditional(_, let then, let otherwise): then.effect.joined(otherwise?.effect ?? .pure)
    case .resource, .refresh, .attempt, .relation, .lookup, .input, .fetch, .verb, .invoke, .print, .function, .bind: effect
    default: .pure
    }
  }
}
