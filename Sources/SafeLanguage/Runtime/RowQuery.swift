/// What narrows a list where it is fetched.
public struct RowQuery: Sendable {
  /// A comparison of a field, or of a relation that leads to one row, with a value that is not null.
  public struct Condition: Sendable {
    public var field: String
    public var comparison: RowComparison
    public var value: Value
  }

  /// By parameter of the resource; what the script did not name is not here.
  public var arguments: [String: Value] = [:]
  public var conditions: [Condition] = []
  /// Rows that will be looked at, at most.
  public var limit: Int?

  public init() {}
}

/// How a field is compared with a value.
public enum RowComparison: Hashable, Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }
