internal import SafeLanguage

/// What stops a run before it does too much. It is told of rows and asked before each call, and knows neither terminal nor time.
public struct Guards: Sendable {
  /// What a person asks for.
  public struct Limits: Sendable, Hashable {
    /// Changes that the run may make.
    public var maxWrites: Int?
    /// Rows that go first and alone.
    public var canary: Int?
    /// Percent of failed rows at which the run stops; nil for never.
    public var breaker: Int?

    public init(maxWrites: Int? = nil, canary: Int? = nil, breaker: Int? = Breaker.usualShare) {
      self.maxWrites = maxWrites
      self.canary = canary
      self.breaker = breaker
    }

    /// The same for somebody who agreed to a plan: the failures that it shows stop nothing.
    public func agreed(to plan: Plan) -> Self {
      var limits = self
      if let breaker, plan.worstRows?.reach(breaker) == true { limits.breaker = nil }
      return limits
    }
  }

  enum Decision: Equatable {
    case go
    /// Until something else is told.
    case wait
    /// The person, and tell the answer.
    case ask(String)
    /// The run ends, for this reason.
    case stop(String, hint: String)
  }

  private let limits: Limits
  private var breaker = Breaker()
  private var canary: Canary?
  private var writes = 0

  public init(_ limits: Limits) {
    self.limits = limits
    canary = limits.canary.map { Canary($0) }
  }

  mutating func began(_ path: [Int], rows: Int) { canary?.began(path, rows: rows) }

  mutating func finished(_ path: [Int], _ index: Int, _ outcome: EachOutcome) {
    canary?.finished(path, index, isFailed: outcome == .failed || outcome == .unknown)
    breaker.finished(outcome)
  }

  /// Asked before each call of a verb.
  mutating func call(at path: [Int]) -> Decision {
    if let failures = breaker.tripped(at: limits.breaker) {
      return .stop("\(failures) failed, so no more is sent", hint: "--breaker off goes on all the same, --breaker 80% later")
    }
    switch canary?.call(at: path) {
    case nil, .go: return .go
    case .wait: return .wait
    case .ask: return .ask(canary?.question ?? "")
    case .refused: return .stop("nobody said to go on after the first \(limits.canary ?? 0) rows", hint: "run it again for the others; --yes answers the question")
    }
  }

  mutating func answered(_ yes: Bool) { canary?.answered(yes) }

  /// Asked before the first request of a call that changes something.
  mutating func write(_ count: Int) -> Decision {
    guard let most = limits.maxWrites else { return .go }
    guard count <= most - writes else { return .stop("over --max-writes \(most)", hint: "raise it if so many are meant") }
    writes += count
    return .go
  }
}
