/// Code that runs at once, or code that waits for the world.
enum Evaluation {
  case now(Code.Of<Value>)
  case waiting((Frame) async throws(RunError) -> Value)

  func run(_ frame: Frame) async throws(RunError) -> Value {
    switch self {
    case .now(let code): try code(frame)
    case .waiting(let code): try await code(frame)
    }
  }
}

/// A predicate or projection with what has to be done before its first row.
struct CompiledLambda {
  let hoisted: [(slot: Int, value: Evaluation, isFallible: Bool)]
  let relations: [(slot: Int, relation: Relation, ofRow: Bool)]
  let caches: [SetCache]
  let body: Code
  let isPredicate: Bool

  /// Fetches what the predicate reads, in bulk, for the rows that it will see.
  func prepare(_ frame: Frame, over source: Value) async throws(RunError) {
    for cache in caches { cache.reset() }
    // Before the values, which may be pipelines whose own predicates read relations.
    for (slot, relation, ofRow) in relations {
      var rows: Table?
      if ofRow, case .table(let table) = source { rows = table }
      frame.related[slot] = try await frame.run.world.related(relation, for: rows, at: frame.site(relationSlot: slot))
    }
    for (slot, value, isFallible) in hoisted {
      if !isFallible {
        frame.locals[slot] = try await value.run(frame)
        continue
      }
      frame.failures[slot] = nil
      do throws(RunError) { frame.locals[slot] = try await value.run(frame) } catch { try frame.keep(error, slot) }
    }
  }

  /// The same inside another predicate, whose preparation did what waits.
  func prepareSync(_ frame: Frame) throws(RunError) {
    for cache in caches { cache.reset() }
    for case (let slot, .now(let value), let isFallible) in hoisted {
      if !isFallible {
        frame.locals[slot] = try value(frame)
        continue
      }
      frame.failures[slot] = nil
      do throws(RunError) { frame.locals[slot] = try value(frame) } catch { try frame.keep(error, slot) }
    }
  }
}
