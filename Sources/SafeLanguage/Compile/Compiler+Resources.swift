/// Lists, lookups and relations.
extension Compiler {
  static func value(of resource: ResourceType, _ table: Table) -> Value {
    guard resource.isSingle else { return .table(table) }
    return table.count > 0 ? .record(Row(table, 0)) : .null
  }

  func resource(_ resource: ResourceType, _ span: Span) -> Waiting {
    { frame async throws(RunError) in
      do throws(RunError) { return Self.value(of: resource, try await frame.run.world.rows(of: resource, at: frame.site(span))) } catch { throw error.at(span) }
    }
  }

  /// Works out what narrows the list, and fetches it.
  func fetch(_ resource: ResourceType, _ query: TypedQuery, _ span: Span) -> Waiting {
    let arguments = query.arguments.map { ($0.name, evaluation(of: $0.value)) }
    let conditions = query.conditions.map {
      (field: $0.field, comparison: $0.comparison, slot: $0.slot, value: evaluation(of: $0.value), isFallible: program.fallible.contains($0.slot))
    }
    let limit = query.limit.map { (slot: $0.slot, value: evaluation(of: $0.value)) }
    return { frame async throws(RunError) in
      var query = RowQuery()
      for (name, value) in arguments { query.arguments[name] = try await value.run(frame) }
      for condition in conditions {
        frame.failures[condition.slot] = nil
        var value = Value.null
        do throws(RunError) { value = try await condition.value.run(frame) } catch {
          // The row's own predicate tells it, if it comes to it.
          guard condition.isFallible else { throw error }
          try frame.keep(error, condition.slot)
        }
        frame.locals[condition.slot] = value
        query.conditions.append(.init(field: condition.field, comparison: condition.comparison, value: value))
      }
      if let limit {
        frame.locals[limit.slot] = try await limit.value.run(frame)
        // With null compared here alone, nobody can tell how many rows it takes.
        if !query.conditions.contains(where: \.value.isNull) { query.limit = max(0, frame.locals[limit.slot].integer) }
      }
      query.conditions.removeAll(where: \.value.isNull)
      do throws(RunError) { return .table(try await frame.run.world.rows(of: resource, matching: query, at: frame.site(span))) } catch { throw error.at(span) }
    }
  }

  func lookup(_ resource: ResourceType, _ base: TypedExpression, _ key: TypedExpression, _ span: Span) -> Code {
    let (base, key) = (compile(base).asValue, compile(key).asValue)
    return .value { frame throws(RunError) in
      let wanted = try key(frame)
      guard case .table(let table) = try base(frame) else { return .null }
      if case .symbol = wanted { return .record(try Lookup.row(wanted, in: table, resource, span)) }
      return .record(try Lookup.row(wanted.string, in: table, resource, span))
    }
  }

  // MARK: relations

  func relation(_ base: TypedExpression, _ relation: Relation, _ slot: Int) -> Code {
    let base = compile(base).asValue
    return .value { frame throws(RunError) in
      guard case .record(let row) = try base(frame), let related = frame.related[slot] else { return .null }
      return Self.value(of: relation, try related.rows(of: row))
    }
  }

  private static func value(of relation: Relation, _ rows: Table) -> Value {
    guard relation.isOne else { return .table(rows) }
    return rows.count > 0 ? .record(Row(rows, 0)) : .null
  }

  /// Inside a loop the rows around are fetched too, since they will be asked for next.
  func waitingRelation(_ base: TypedExpression, _ relation: Relation, _ span: Span) -> Waiting {
    let base = evaluation(of: base)
    return { frame async throws(RunError) in
      guard case .record(let row) = try await base.run(frame) else { return .null }
      do throws(RunError) {
        let rows = frame.path.isEmpty ? row.table.slice(row.index..<row.index + 1) : row.table
        let related = try await frame.run.world.related(relation, for: rows, at: frame.site(span))
        return Self.value(of: relation, try related.rows(of: row))
      } catch { throw error.at(span) }
    }
  }
}

extension Lookup {
  /// `policies[requireSso]`: by a key that is an enumeration.
  static func row(_ wanted: Value, in table: Table, _ resource: ResourceType, _ span: Span) throws(RunError) -> Row {
    if let column = resource.keys.first.flatMap({ table.type.index(of: $0) }),
      let index = (0..<table.count).first(where: { table.value($0, column) == wanted })
    {
      return Row(table, index)
    }
    if let values = resource.absent?(wanted) { return Row(resource.row, values) }
    throw RunError(.notFound, "there is no \(resource.name.lowercased()) '\(wanted.printed)'", span: span)
  }
}
