/// Everything that scripts can call besides verbs, by name.
public enum Library {
  public static let methods: [Method] =
    textMethods + patternMethods + listMethods + stageMethods + recordMethods + numberMethods + momentMethods + [textOfAnything]
  public static let functions: [Function] = standardFunctions + encodingFunctions
  public static let aggregates: [Aggregate] = standardAggregates
  public static let stages: [StageEntry] = standardStages
  public static let statements: [StatementEntry] = standardStatements
  public static let operators: [OperatorEntry] = standardOperators
  public static let types: [TypeEntry] = standardTypes

  /// The methods of that name that a value of the type has.
  static func method(_ name: String, on type: Type) -> Method? {
    methods.first { $0.name == name && $0.accepts(type) }
  }

  static func stage(_ name: String) -> StageEntry? { stages.first { $0.name == name } }
  static func statement(_ name: String) -> StatementEntry? { statements.first { $0.name == name } }
  static func function(_ name: String) -> Function? { functions.first { $0.name == name } }
  static func aggregate(_ name: String) -> Aggregate? { aggregates.first { $0.name == name } }

  /// The names of the methods that a value of the type has.
  public static func methodNames(on type: Type) -> [String] { methods.filter { $0.accepts(type) }.map(\.name) }
}
