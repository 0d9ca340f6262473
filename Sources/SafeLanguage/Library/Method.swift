/// A method of the language as data: the checker, completion, `help`, the reference and the runtime read this.
public struct Method: Sendable {
  public enum Receiver: Sendable {
    case text, list, int, float, date, time, duration, any
  }

  public struct Parameter: Sendable {
    public enum Kind: Sendable {
      case value(Type)
      /// A value of the element's type.
      case element
      /// Worked out for each row, as a condition.
      case predicate
      /// Worked out for each row, as a value.
      case projection
    }

    public var name: String
    public var kind: Kind
    public var isRequired: Bool
  }

  enum Body: Sendable {
    case value(@Sendable (Value, [Value]) throws(RunError) -> Value)
    /// Over the elements, with the predicate or projection if there is one.
    case rows(@Sendable (inout RowLoop) throws(RunError) -> Value)
  }

  public let name: String
  public let receiver: Receiver
  public let parameters: [Parameter]
  public let summary: String
  /// An expression and what it gives.
  public let example: (code: String, result: String)
  /// The type of the result from the receiver's and the arguments'; nil where they do not fit.
  let result: @Sendable (_ receiver: Type, _ arguments: [Type]) -> Type?
  let body: Body

  init(
    _ name: String, on receiver: Receiver, _ parameters: [Parameter] = [], _ summary: String, _ code: String, _ result: String,
    type: @escaping @Sendable (Type, [Type]) -> Type?, body: Body
  ) {
    self.name = name
    self.receiver = receiver
    self.parameters = parameters
    self.summary = summary
    example = (code, result)
    self.result = type
    self.body = body
  }

  /// Whether it is called on values of the type.
  func accepts(_ type: Type) -> Bool {
    switch (receiver, type) {
    case (.any, let type): type.isPrintable
    case (.text, let type): type.isText
    case (.list, .list), (.list, .table): true
    case (.int, .int), (.float, .float), (.float, .int), (.date, .date), (.time, .time), (.duration, .duration): true
    default: false
    }
  }
}

/// A function: called by its name.
public struct Function: Sendable {
  public struct Parameter: Sendable {
    public var name: String
    public var type: Type
    public var isRequired: Bool
  }

  public let name: String
  public let parameters: [Parameter]
  public let result: Type
  public let effect: Effect
  public let summary: String
  public let example: (code: String, result: String)
  let body: @Sendable (any World, [Value]) throws(RunError) -> Value
}

/// An aggregate of `summarize`.
public struct Aggregate: Sendable {
  public enum Argument: Sendable { case none, optionalCondition, number, ordered, any }

  public let name: String
  public let argument: Argument
  public let summary: String
  let result: @Sendable (Type?) -> Type
  let start: @Sendable () -> any Accumulator
}

/// Takes the values of a group one by one.
protocol Accumulator {
  mutating func add(_ value: Value) throws(RunError)
  var result: Value { get }
}

extension Method.Parameter {
  static func value(_ name: String, _ type: Type, isRequired: Bool = true) -> Self { Self(name: name, kind: .value(type), isRequired: isRequired) }
  static func predicate(isRequired: Bool = true) -> Self { Self(name: "condition", kind: .predicate, isRequired: isRequired) }
  static func projection(isRequired: Bool = true) -> Self { Self(name: "value", kind: .projection, isRequired: isRequired) }
  static func element(_ name: String) -> Self { Self(name: name, kind: .element, isRequired: true) }
}
