extension Library {
  static let listMethods: [Method] = [
    rows("count", .predicate(isRequired: false), "how many elements, or how many the condition holds for", "[1, 2, 3].count(it > 1)", "2") { _, _ in
      .int
    } body: { loop throws(RunError) in
      if !loop.hasArgument { return .int(loop.count) }
      var count = 0
      while try loop.nextMatch() { count += 1 }
      return .int(count)
    },
    rows("any", .predicate(isRequired: false), "whether the condition holds for one at least; without one whether there are any", "[1, 2].any(it > 1)", "true") { _, _ in
      .bool
    } body: {
      loop throws(RunError) in
      .bool(try loop.nextMatch())
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
      try loop.nextMatch() ? loop.current : .null
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
    rows("sum", .projection(isRequired: false), "the sum; of nothing 0", "[1, 2].sum()", "3", gives: "a number or Duration") { receiver, arguments in
      let type = (arguments.first ?? receiver.element)?.required
      return type == .int || type == .float || type == .duration ? type : nil
    } body: { loop throws(RunError) in
      try loop.aggregate(SumAccumulator())
    },
    rows("min", .projection(isRequired: false), "the least, or null", "[2, 1].min()", "1", gives: "T?") {
      ordered($0, $1)
    } body: { loop throws(RunError) in
      try loop.aggregate(ExtremeAccumulator(least: true, loop.order))
    },
    rows("max", .projection(isRequired: false), "the greatest, or null", "[2, 1].max()", "2", gives: "T?") {
      ordered($0, $1)
    } body: { loop throws(RunError) in
      try loop.aggregate(ExtremeAccumulator(least: false, loop.order))
    },
    rows(
      "avg", .projection(isRequired: false), "the mean, of durations a Duration; of nothing null", "[1, 2].avg()", "1.5", gives: "Float?"
    ) { receiver, arguments in
      (arguments.first ?? receiver.element).flatMap { $0.required.isNumber || $0.required == .duration ? MeanAccumulator.type(of: $0) : nil }
    } body: { loop throws(RunError) in
      try loop.aggregate(MeanAccumulator())
    },
    rows(
      "median", .projection(isRequired: false), "the middle one, of an even number the mean of both; of durations a Duration; of nothing null",
      "[1, 9, 2].median()", "2.0", gives: "Float?"
    ) { receiver, arguments in
      (arguments.first ?? receiver.element).flatMap { $0.required.isNumber || $0.required == .duration ? MeanAccumulator.type(of: $0) : nil }
    } body: { loop throws(RunError) in
      try loop.aggregate(MedianAccumulator(loop.order))
    },
    Method(
      "percentile", on: .list, [.value("percent", .float)], "the least element that so many percent of all are at most; of nothing null",
      "range(1, 101).percentile(95)", "95", gives: "T?", type: { receiver, _ in ordered(receiver, []) },
      body: .typed { receiver, arguments, type throws(RunError) in
        guard let percent = arguments[0].double, PercentileAccumulator.isPercent(percent) else {
          throw RunError(.invalid, "\(arguments[0].literal) is no percent", hint: PercentileAccumulator.hint)
        }
        try receiver.requireList()
        var (accumulator, beat) = (PercentileAccumulator(ValueOrder(type), percent), Beat())
        do throws(RunError) {
          for index in 0..<receiver.elementCount {
            try beat.turn()
            accumulator.add(receiver.element(index))
          }
          let result = accumulator.result
          try Interruption.check()
          return result
        } catch {
          Interruption.hold(accumulator, size: receiver.elementCount, after: error)
          throw error
        }
      }),
    rows("map", .projection(), "the list of the values", "[1, 2].map(it * 10)", "[10, 20]") { _, arguments in
      arguments.first.map { Type.list(of: $0) }
    } body: { loop throws(RunError) in
      try Limits.require(elements: loop.count)
      return .list(try .building(loop.count) { values throws(RunError) in while loop.next() { values.append(try loop.value()) } })
    },
    Method(
      "join", on: .list, [.value("separator", .text)], "one text of the elements", #"["a", "b"].join(", ")"#, #""a, b""#,
      type: { receiver, _ in receiver.element?.isPrintable == true ? .text : nil },
      body: .value { receiver, arguments throws(RunError) in
        try receiver.requireList()
        let separator = arguments[0].string
        var text = ""
        var beat = Beat()
        for index in 0..<receiver.elementCount {
          try beat.turn()
          if index > 0 { text += separator }
          text += receiver.element(index).printed
          try Limits.require(bytes: text.utf8.count)
        }
        return .text(text)
      }),
    Method(
      "flatten", on: .list, [], "the elements of its lists, in one list", "[[1], [2, 3]].flatten()", "[1, 2, 3]",
      type: { receiver, _ in receiver.element?.element.map { Type.list(of: $0) } },
      body: .value { receiver, _ throws(RunError) in
        var (count, beat) = (0, Beat())
        for index in 0..<receiver.elementCount {
          try beat.turn()
          count += min(receiver.element(index).elementCount, Limits.elements + 1)
          try Limits.require(elements: count)
        }
        return .list(
          try .building(count) { values throws(RunError) in
            for index in 0..<receiver.elementCount {
              let list = receiver.element(index)
              for inner in 0..<list.elementCount {
                try beat.turn()
                values.append(list.element(inner))
              }
            }
          })
      }),
    Method(
      "reverse", on: .list, [], "from the last to the first", "[1, 2].reverse()", "[2, 1]", type: { receiver, _ in receiver },
      body: .value { receiver, _ throws(RunError) in
        try receiver.requireList()
        return try receiver.selecting((0..<receiver.elementCount).reversed())
      }),
    Method(
      "zip", on: .list, [Method.Parameter(name: "other", kind: .list, isRequired: true)],
      "rows of one element of each, `.left` and `.right`, as long as both have one", #"[1, 2].zip(["a", "b"])"#,
      #"[{ left: 1, right: "a" }, { left: 2, right: "b" }]"#,
      type: { receiver, arguments in
        guard let left = receiver.element, let right = arguments.first?.element else { return nil }
        return .table(RecordType([Field("left", left), Field("right", right)]))
      },
      body: .typed { receiver, arguments, type throws(RunError) in
        guard case .table(let row) = type else { return .list([]) }
        let count = min(receiver.elementCount, arguments[0].elementCount)
        try Limits.require(elements: count)
        var builder = TableBuilder(row, keeping: [], capacity: count)
        var beat = Beat()
        for index in 0..<count {
          try beat.turn()
          builder.add([receiver.element(index), arguments[0].element(index)])
        }
        return .table(builder.table())
      }),
    Method(
      "chunk", on: .list, [.value("size", .int)], "lists of so many elements, the last of what is left", "[1, 2, 3].chunk(2)", "[[1, 2], [3]]",
      type: { receiver, _ in receiver.element.map { .list(Type.list(of: $0)) } },
      body: .value { receiver, arguments throws(RunError) in
        let size = arguments[0].integer
        guard size > 0 else { throw RunError(.index, "a chunk has one element at least, this asks for \(size)") }
        try receiver.requireList()
        let count = receiver.elementCount
        var beat = Beat()
        return .list(
          try .building { chunks throws(RunError) in
            for start in stride(from: 0, to: count, by: min(size, max(1, count))) {
              try beat.turn(of: min(size, count - start))
              chunks.append(try receiver.slice(start..<start + min(size, count - start)))
            }
          })
      }),
    Method(
      "indexOf", on: .list, [.element("value")], "where the value is first, the first element being 0, or null", #"["a", "b"].indexOf("b")"#, "1",
      type: { _, _ in .optional(.int) },
      body: .comparing { receiver, arguments, order throws(RunError) in
        if case .range(let start, let end) = receiver {
          guard case .int(let wanted) = arguments[0], wanted >= start, wanted < end else { return .null }
          return .int(wanted - start)
        }
        let wanted = order.key(arguments[0])
        var beat = Beat()
        for index in 0..<receiver.elementCount {
          try beat.turn()
          if order.key(receiver.element(index)) == wanted { return .int(index) }
        }
        return .null
      }),
  ]

  private static func rows(
    _ name: String, _ parameter: Method.Parameter?, _ summary: String, _ code: String, _ result: String, gives: String? = nil,
    type: @escaping @Sendable (Type, [Type]) -> Type?, body: @escaping @Sendable (inout RowLoop) throws(RunError) -> Value
  ) -> Method {
    Method(name, on: .list, parameter.map { [$0] } ?? [], summary, code, result, gives: gives, type: type, body: .rows(body))
  }

  private static func ordered(_ receiver: Type, _ arguments: [Type]) -> Type? {
    (arguments.first ?? receiver.element).flatMap { $0.required.isOrdered ? $0.orNull : nil }
  }
}
