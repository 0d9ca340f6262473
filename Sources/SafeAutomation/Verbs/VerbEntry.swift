internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// A verb of the API as data: how it is written, what it needs, and what it does. A new verb is one entry here.
struct VerbEntry: Sendable {
  private(set) var verb: Verb
  let body: @Sendable (VerbContext, VerbCall) async throws -> VerbOutcome

  /// `cost` is what the body sends, at least and at most, where no call fails and nobody else changes the same meanwhile.
  init(_ verb: Verb, cost: Verb.Cost = Verb.Cost(), _ body: @escaping @Sendable (VerbContext, VerbCall) async throws -> VerbOutcome) {
    self.verb = verb
    self.verb.cost = cost
    self.body = body
  }

  static let all: [VerbEntry] = memberVerbs + groupVerbs + collectionVerbs + policyVerbs + organizationVerbs
}

extension VerbEntry {
  /// Takes an object away, unless this run did so already.
  static func removing(
    _ id: GUID, _ context: VerbContext, _ call: VerbCall, _ remove: @Sendable () async throws -> Void
  ) async throws -> VerbOutcome {
    try await context.locks.locking(id) {
      if await context.organization.removed.contains(id) { return .unchanged }
      try call.permit()
      try await remove()
      return .changed
    }
  }
}

/// What the body of a verb works with.
struct VerbContext: Sendable {
  let client: Client
  let organization: Organization
  let locks: ObjectLocks
  let confirm: @Sendable (String) -> Bool
}

extension VerbOutcome {
  static let unchanged = VerbOutcome(value: .null, changed: false)
  static let changed = VerbOutcome(value: .null, changed: true)

  static func row(_ row: Row?, changed: Bool) -> VerbOutcome { VerbOutcome(value: row.map { .record($0) } ?? .null, changed: changed) }
}
