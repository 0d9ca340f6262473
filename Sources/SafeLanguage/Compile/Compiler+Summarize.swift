extension Compiler {
  func summarize(
    _ keys: [TypedLambda], _ aggregates: [TypedAggregate], _ columns: [TypedExpression], _ reads: [(slot: Int, value: TypedExpression)], _ type: Type
  ) -> CompiledStage {
    guard case .table(let row) = type else { return CompiledStage([]) { _, source in source } }
    let (lambdas, plan) = groupingPlan(keys, aggregates, columns, row)
    return CompiledStage(lambdas, values: reads.map { ($0.slot, evaluation(of: $0.value)) }) { frame, source throws(RunError) in
      let groups = Grouping(plan)
      try groups.add(source, frame)
      return .table(try groups.table(frame))
    }
  }

  func groupingPlan(
    _ keys: [TypedLambda], _ aggregates: [TypedAggregate], _ columns: [TypedExpression], _ row: RecordType
  ) -> (lambdas: [CompiledLambda], plan: GroupingPlan) {
    let keyLambdas = keys.map { lambda($0) }
    let arguments = aggregates.map { $0.argument.map { lambda($0) } }
    let plan = GroupingPlan(
      keys: keyLambdas.map(\.body), keyTypes: keys.map(\.body.type), aggregates: aggregates, arguments: arguments.map { $0?.body },
      columns: columns.map { compile($0).asValue }, columnTypes: columns.map(\.type), row: row)
    return (keyLambdas + arguments.compactMap { $0 }, plan)
  }
}
