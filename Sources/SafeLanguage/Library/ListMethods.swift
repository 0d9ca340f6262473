extension Library {
  static let listMethods: [Method] = [
    rows("count", .predicate(isRequired: false), "how many elements, or how many the condition holds for", "[1, 2, 3].count(it > 1)", "2") { _, _ in
      .int
    } body: { loop throws(RunError) in
      if !loop.hasArgument { return .int(loop.count) }
      var count = 0
      while loop.next() { if try loop.test() { count += 1 } }
      return .int(count)
    },
    rows("any", .predicate(isRequired: false), "whether the condition holds for one at least", "[1, 2].any(it > 1)", "true") { _, _ in
      .bool
    } body: {
      loop throws(RunError) in
      while loop.next() { if try loop.test() { return .bool(true) } }
      return .bool(false)
    },
    rows("all", .predicate(), "whether the condition holds for each", "[1, 2].all(it > 1)", "false") { _, _ in
      .bool
    } body: { loop throws(RunError) in
      while loop.next() { if try !loop.test() { return .bool(false) } }
      return .bool(true)
    },
    rows("find", .predicate(), "the first that the condition holds for, or null", "[1, 2, 3].find(it > 1)", "2") { receiver, _ in
      receiver.element?.orNull
    } body: { loop throws(RunError) in
      while loop.next() { if try loop.test() { return loop.current } }
      return .null
    },
    rows("first", nil, "the first element, or null", "[1, 2].first()", "1") { receiver, _ in
      receiver.element?.orNull
    } body: { loop throws(RunError) in
      loop.next() ? loop.current : .null
    },
    rows("last", nil, "the last element, or null", "[1, 2].last()", "2") { receiver, _ in
      receiver.element?.orNull
    } body: { loop throws(RunError) in
      loop.count > 0 ? loop.element(loop.count - 1) : .null
    },
    rows("sum", .projection(isRequired: false), "the sum; of nothing 0", "[1, 2].sum()", "3") { receiver, arguments in
      let type = (arguments.first ?? receiver.element)?.required
      return type == .int || type == .float || type == .duration ? type : nil
    } body: { loop throws(RunError) in
      try loop.aggregate(SumAccumulator())
    },
    rows("min", .projection(isRequired: false), "the least, or null", "[2, 1].min()", "1") {
      ordered($0, $1)
    } body: { loop throws(RunError) in
      try loop.aggregate(ExtremeAccumulator(least: true))
    },
    rows("max", .projection(isRequired: false), "the greatest, or null", "[2, 1].max()", "2") {
      ordered($0, $1)
    } body: { loop throws(RunError) in
      try loop.aggregate(ExtremeAccumulator(least: false))
    },
    rows("avg", .projection(isRequired: false), "the mean, or null", "[1, 2].avg()", "1.5") { receiver, arguments in
      (arguments.first ?? receiver.element)?.required.isNumber == true ? .optional(.float) : nil
    } body: { loop throws(RunError) in
      try loop.aggregate(MeanAccumulator())
    },
    rows("map", .projection(), "the list of the values", "[1, 2].map(it * 10)", "[10, 20]") { _, arguments in
      arguments.first.map { Type.list(of: $0) }
    } body: { loop throws(RunError) in
      var values: [Value] = []
      values.reserveCapacity(loop.count)
      while loop.next() { values.append(try loop.value()) }
      return .list(values)
    },
    rows("distinct", nil, "each element once, in the order of the first", "[2, 1, 2].distinct()", "[2, 1]") { receiver, _ in
      receiver
    } body: { loop throws(RunError) in
      var seen: Set<Value> = []
      var kept: [Int] = []
      while loop.next() { if seen.insert(loop.current).inserted { kept.append(loop.index) } }
      return loop.selecting(kept)
    },
    Method(
      "join", on: .list, [.value("separator", .text)], "one text of the elements", #"["a", "b"].join(", ")"#, #""a, b""#,
      type: { receiver, _ in receiver.element?.isPrintable == true ? .text : nil },
      body: .value { receiver, arguments in
        .text((receiver.elements ?? []).map(\.printed).joined(separator: arguments[0].string))
      }),
    Method(
      "flatten", on: .list, [], "the elements of its lists, in one list", "[[1], [2, 3]].flatten()", "[1, 2, 3]",
      type: { receiver, _ in receiver.element?.element.map { Type.list(of: $0) } },
      body: .value { receiver, _ in .list((receiver.elements ?? []).flatMap { $0.elements ?? [] }) }),
    Method(
      "reverse", on: .list, [], "from the last to the first", "[1, 2].reverse()", "[2, 1]", type: { receiver, _ in receiver },
      body: .value { receiver, _ in
        if case .table(let table) = receiver { return .table(table.selecting((0..<table.count).reversed())) }
        return .list((receiver.elements ?? []).reversed())
      }),
  ]

  private static func rows(
    _ name: String, _ parameter: Method.Parameter?, _ summary: String, _ code: String, _ result: String,
    type: @escaping @Sendable (Type, [Type]) -> Type?, body: @escaping @Sendable (inout RowLoop) throws(RunError) -> Value
  ) -> Method {
    Method(name, on: .list, parameter.map { [$0] } ?? [], summary, code, result, type: type, body: .rows(body))
  }

  private static func ordered(_ receiver: Type, _ arguments: [Type]) -> Type? {
    (arguments.first ?? receiver.element).flatMap { $0.required.isOrdered ? $0.orNull : nil }
  }
}
