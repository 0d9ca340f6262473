extension Library {
  static let standardFunctions: [Function] = [
    Function(
      name: "range", parameters: [.init(name: "start", type: .int, isRequired: true), .init(name: "end", type: .int, isRequired: false)],
      result: .list(.int), effect: .pure, summary: "0 to n − 1, or a to b − 1, made as they are read",
      example: ("range(3).sum()", "3")
    ) { _, _, arguments throws(RunError) in
      let (start, end) = arguments.count == 1 ? (0, arguments[0].integer) : (arguments[0].integer, arguments[1].integer)
      if end.subtractingReportingOverflow(start).overflow { throw RunError(.arithmetic, "the length of the range does not fit 64 bits") }
      return .range(start, end)
    },
    Function(
      name: "today", parameters: [], result: .date, effect: .read, summary: "the date in UTC; stands still during a run",
      example: ("today() == now().day()", "true")
    ) { world, _, _ in .date(Calendar.floorDivision(world.now, Calendar.microsecondsPerDay).quotient) },
    Function(
      name: "now", parameters: [], result: .time, effect: .read, summary: "the time; stands still during a run",
      example: ("now() == now()", "true")
    ) { world, _, _ in .time(world.now) },
    Function(
      name: "env", parameters: [.init(name: "name", type: .text, isRequired: true)], result: .optional(.text), effect: .read,
      summary: "a variable of the environment, or null", example: (#"env("NO_SUCH_VARIABLE") == null"#, "true")
    ) { world, _, arguments in world.environment(arguments[0].string).map { .text($0) } ?? .null },
    Function(
      name: "secret", parameters: [.init(name: "name", type: .text, isRequired: true)], result: .secret, effect: .read,
      summary: "a variable of the environment as a secret, which never prints", example: (#"secret("CITY")"#, "(secret)")
    ) { world, _, arguments throws(RunError) in
      guard let text = world.secret(arguments[0].string) else {
        throw RunError(.notFound, "the environment has no '\(arguments[0].string)'")
      }
      return .secret(Secret(text))
    },
  ]
}
