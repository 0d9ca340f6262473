package import SecretSafeAPI

/// What a limit looks at: service, method, and the path without its query.
package struct PacedCall: Hashable, Sendable {
  package let service: LimitRule.Service
  package let method: String
  /// Below the service's base.
  package let path: String
  /// The same in every process.
  package let key: UInt64

  package init(_ service: LimitRule.Service, _ method: String, _ path: String) {
    self.service = service
    self.method = method
    self.path = path
    var hash = StableHash()
    hash.combine(service == .api ? "api" : "identity")
    hash.combine(method)
    hash.combine(path)
    key = hash.value
  }
}

/// FNV-1a: Swift's own hashes differ from process to process.
struct StableHash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func combine(_ text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(0 as UInt8)
  }

  mutating func combine(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}

/// Says when a request may go, so that no limit is hit and none is left unused. It is told the time and knows neither tasks nor sockets.
///
/// The budgets of paths are in two generations, as the server's windows are: however many paths there are, no more than two generations are
/// kept, and what is dropped by time had ended.
package struct Pacer: Sendable {
  /// The longest wait that a 429 makes others take, in seconds.
  static let longestHold = 900
  /// Paths in a generation: some megabytes.
  static let generationLimit = 8192
  private static let generationTime = Span.seconds(600)

  /// What was allowed, to be handed back with its result.
  package struct Pass: Hashable, Sendable {
    package let sent: Timestamp
  }

  package enum Permit: Equatable, Sendable {
    case go(Pass)
    case wait(until: Timestamp, RateLimit?)
  }

  package let preset: PacingPreset
  private let generationLimit: Int
  private var younger: [UInt64: PathBudget] = [:]
  private var older: [UInt64: PathBudget] = [:]
  private var youngerSince = Timestamp(microseconds: .min / 2)
  private(set) var link = Link()

  package init(_ preset: PacingPreset, generationLimit: Int = Pacer.generationLimit) {
    self.preset = preset
    self.generationLimit = generationLimit
  }

  /// How many paths are remembered.
  package var size: Int { younger.count + older.count }

  /// What is known of a path, or what the preset says of it.
  package func budget(for call: PacedCall) -> PathBudget {
    younger[call.key] ?? older[call.key] ?? PathBudget(limits: preset.limits(for: call))
  }

  package mutating func permit(_ call: PacedCall, at now: Timestamp) -> Permit {
    var budget = budget(for: call)
    let decision = budget.permit(at: now, link)
    keep(budget, for: call, at: now)
    switch decision {
    case .wait(let until, let limit): return .wait(until: until, limit)
    case .go: return .go(Pass(sent: now))
    }
  }

  /// True if limits of the path are known now.
  @discardableResult
  package mutating func ended(_ call: PacedCall, _ pass: Pass, _ result: PacedResult, at now: Timestamp) -> Bool {
    if case .answered = result { link.observe(now.since(pass.sent)) }
    var budget = budget(for: call)
    budget.ended(result, sent: pass.sent, at: now)
    keep(budget, for: call, at: now)
    return !budget.windows.isEmpty
  }

  /// Takes over what other processes wrote down.
  package mutating func adopt(_ shared: PathBudget, for call: PacedCall, at now: Timestamp) {
    var budget = budget(for: call)
    budget.adopt(shared)
    keep(budget, for: call, at: now)
  }

  private mutating func keep(_ budget: PathBudget, for call: PacedCall, at now: Timestamp) {
    if younger.count >= generationLimit || now >= youngerSince.adding(Self.generationTime) || now < youngerSince {
      older = younger
      younger = [:]
      youngerSince = now
    }
    younger[call.key] = budget
  }
}
