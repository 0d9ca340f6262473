/// A method of the language as data: the checker, completion, `help`, the reference and the runtime read this.
public struct Method: Sendable {
  /// What it is called on.
  public enum Receiver: String, Sendable, CaseIterable {
    case text, list, table, record, int, float, date, time, duration, any
    /// A Date or a Time.
    case moment
  }

  /// An argument that it takes.
  public struct Parameter: Sendable {
    /// What may stand there.
    public enum Kind: Sendable {
      case value(Type)
      /// A Text; `problem` says what is wrong with it, which the checker asks where it is written out, and the run where it is not.
      case checked(problem: @Sendable (String) -> TextProblem?)
      /// A value of the element's type.
      case element
      case list
      case record
      /// The name of a field as a text literal; its type is a record of that field alone. As many as are given.
      case fields
      /// Worked out for each row, as a condition.
      case predicate
      /// Worked out for each row, as a value.
      case projection
      /// What a stage takes in its place: one condition or number, or as many keys as are given.
      case stage(String)
    }

    public var name: String
    public var kind: Kind
    public var isRequired: Bool
  }

  enum Body: Sendable {
    /// The receiver and the arguments in the order of the parameters; those at the end that were not given are missing.
    case value(@Sendable (Value, [Value]) throws(RunError) -> Value)
    /// The same, for what needs to know the type that the checker gave the result.
    case typed(@Sendable (Value, [Value], Type) throws(RunError) -> Value)
    /// The same, for what compares with the first argument.
    case comparing(@Sendable (Value, [Value], ValueOrder) throws(RunError) -> Value)
    /// The first argument is a regular expression, compiled once.
    case pattern(@Sendable (String, Pattern, [Value]) throws(RunError) -> Value)
    /// Over the elements, with the predicate or projection if there is one.
    case rows(@Sendable (inout RowLoop) throws(RunError) -> Value)
    /// What the stage of the same name does.
    case stage(@Sendable ([Expression], Span) -> StageKind)
  }

  public let name: String
  public let receiver: Receiver
  public let parameters: [Parameter]
  public let summary: String
  /// An expression and what it gives.
  public let example: (code: String, result: String)
  /// What it gives, for the reference, where the types alone do not say.
  let gives: String?
  /// The type of the result from the receiver's and the arguments'; nil where they do not fit.
  let result: @Sendable (_ receiver: Type, _ arguments: [Type]) -> Type?
  let body: Body

  init(
    _ name: String, on receiver: Receiver, _ parameters: [Parameter] = [], _ summary: String, _ code: String, _ result: String,
    gives: String? = nil, type: @escaping @Sendable (Type, [Type]) -> Type?, body: Body
  ) {
    self.name = name
    self.receiver = receiver
    self.parameters = parameters
    self.summary = summary
    example = (code, result)
    self.gives = gives
    self.result = type
    self.body = body
  }

  /// Whether it is called on values of the type.
  func accepts(_ type: Type) -> Bool {
    switch (receiver, type) {
    case (.any, let type): type.isPrintable
    case (.text, let type): type.isText
    case (.list, .list), (.list, .table), (.table, .table), (.record, .record): true
    case (.int, .int), (.float, .float), (.float, .int), (.date, .date), (.time, .time), (.duration, .duration): true
    case (.moment, .date), (.moment, .time): true
    default: false
    }
  }
}

/// A function: called by its name.
public struct Function: Sendable {
  /// An argument that it takes.
  public struct Parameter: Sendable {
    public var name: String
    public var type: Type
    public var isRequired: Bool
    /// What is wrong with a Text, if it is one that not every Text fits.
    var problem: (@Sendable (String) -> TextProblem?)?

    init(name: String, type: Type, isRequired: Bool, problem: (@Sendable (String) -> TextProblem?)? = nil) {
      self.name = name
      self.type = type
      self.isRequired = isRequired
      self.problem = problem
    }
  }

  public let name: String
  public let parameters: [Parameter]
  public let result: Type
  public let effect: Effect
  public let summary: String
  public let example: (code: String, result: String)
  let body: @Sendable (any World, CallSite, [Value]) throws(RunError) -> Value

  /// The body over arguments that the checker did not see written out.
  func call(_ world: any World, _ site: CallSite, _ arguments: [Value]) throws(RunError) -> Value {
    for (parameter, argument) in zip(parameters, arguments) {
      if let problem = parameter.problem, case .text(let text) = argument, let message = problem(text) { throw RunError(.data, message.message) }
    }
    return try body(world, site, arguments)
  }
}

/// An aggregate of `summarize`.
public struct Aggregate: Sendable {
  /// What it takes: of `percent` a value and a number from 0 to 100 that is written out.
  public enum Argument: Sendable { case optionalCondition, number, ordered, percent, any }

  public let name: String
  public let argument: Argument
  public let summary: String
  let result: @Sendable (Type?) -> Type
  /// Begins a group; the order is that of the argument's values, the percent as written.
  let start: @Sendable (ValueOrder, _ percent: Double) -> any Accumulator
}

/// Takes the values of a group one by one.
protocol Accumulator: Sendable {
  mutating func add(_ value: Value) throws(RunError)
  /// Asked for once.
  var result: Value { mutating get }
}

extension Method.Parameter {
  static func value(_ name: String, _ type: Type, isRequired: Bool = true) -> Self { Self(name: name, kind: .value(type), isRequired: isRequired) }
  static func predicate(isRequired: Bool = true) -> Self { Self(name: "condition", kind: .predicate, isRequired: isRequired) }
  static func projection(isRequired: Bool = true) -> Self { Self(name: "value", kind: .projection, isRequired: isRequired) }
  static func element(_ name: String) -> Self { Self(name: name, kind: .element, isRequired: true) }
  static func checked(_ name: String, _ problem: @escaping @Sendable (String) -> TextProblem?) -> Self {
    Self(name: name, kind: .checked(problem: problem), isRequired: true)
  }

  var isRepeated: Bool {
    switch kind {
    case .fields: true
    case .stage(let what): what == "keys"
    default: false
    }
  }
}
