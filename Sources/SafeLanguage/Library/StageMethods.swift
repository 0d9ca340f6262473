/// Stages that are methods too, for where a list is taken apart inside of an expression: each does what the stage does.
extension Library {
  static let stageMethods: [Method] = [
    staged("where", "condition", "those the condition holds for", "[1, 2, 3].where(it > 1)", "[2, 3]") { arguments, _ in .filter(arguments[0]) },
    staged("take", "number", "the first so many", "[1, 2, 3].take(2)", "[1, 2]") { arguments, _ in .take(arguments[0]) },
    staged("skip", "number", "all but the first so many", "[1, 2, 3].skip(2)", "[3]") { arguments, _ in .skip(arguments[0]) },
    staged("sort", "keys", "in the order of the keys, of the elements themselves without one; `-` before a key for descending", "[2, 3, 1].sort(-it)", "[3, 2, 1]") {
      arguments, span in
      if arguments.isEmpty { return .sort([SortKey(descending: false, value: Expression(kind: .it, span: span))]) }
      return .sort(
        arguments.map { key in
          if case .negate(let key) = key.kind { return SortKey(descending: true, value: key) }
          return SortKey(descending: false, value: key)
        })
    },
    staged("distinct", "keys", "each element once, or the first of each key", "[2, 1, 2].distinct()", "[2, 1]") { arguments, _ in .distinct(arguments) },
  ]

  private static func staged(
    _ name: String, _ parameter: String, _ summary: String, _ code: String, _ result: String, _ stage: @escaping @Sendable ([Expression], Span) -> StageKind
  ) -> Method {
    Method(
      name, on: .list, [Method.Parameter(name: parameter, kind: .stage(parameter), isRequired: parameter != "keys")], summary, code, result,
      type: { receiver, _ in receiver }, body: .stage(stage))
  }
}
