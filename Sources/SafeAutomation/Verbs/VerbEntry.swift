internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// A verb of the API as data: how it is written, what it needs, and what it does. A new verb is one entry here.
struct VerbEntry: Sendable {
  private(set) var verb: Verb
  let settling: Settling
  let body: @Sendable (VerbContext, VerbCall) async throws -> VerbResult

  /// `cost` is what the body sends, at least and at most, where no call fails and nobody else changes the same meanwhile.
  init(
    _ verb: Verb, cost: Verb.Cost = Verb.Cost(), settling: Settling = .again,
    _ body: @escaping @Sendable (VerbContext, VerbCall) async throws -> VerbResult
  ) {
    self.verb = verb
    self.verb.cost = cost
    self.settling = settling
    self.body = body
  }

  static let all: [VerbEntry] = memberVerbs + groupVerbs + collectionVerbs + policyVerbs + organizationVerbs

  /// The entry of a call's verb.
  static func of(_ verb: Verb) throws(RunError) -> VerbEntry {
    guard let entry = all.first(where: { $0.verb.name == verb.name && $0.verb.subject == verb.subject }) else {
      throw RunError(.data, "the verb '\(verb.name)' is not in the table of verbs")
    }
    return entry
  }
}

extension VerbEntry {
  /// Takes an object away, unless this run did so already.
  static func removing(
    _ resource: Resource, _ id: GUID, _ context: VerbContext, _ call: VerbCall, inverse: @Sendable () async throws -> Inverse,
    _ remove: @Sendable () async throws -> Void
  ) async throws -> VerbResult {
    try await context.locks.locking(id) {
      if await context.organization.isRemoved(id) { return .unchanged }
      try call.permit()
      if context.keepsInverses { context.note(try await inverse()) }
      try await remove()
      return VerbResult(changed: true, .removed(resource, id))
    }
  }
}

/// What the body of a verb works with.
struct VerbContext: Sendable {
  let client: Client
  let organization: Organization
  let locks: ObjectLocks
  let confirm: @Sendable (String) -> Bool
  /// Keeps what takes a change back, from before it is sent; nil where nobody does.
  let keep: (@Sendable ([Inverse]) -> Void)?

  /// Whether it is worth a read to know what takes a change back.
  var keepsInverses: Bool { keep != nil }

  func note(_ inverses: Inverse...) { keep?(inverses) }

  /// The same about a member, with how people call the one.
  func note(_ inverse: Inverse, of member: GUID, _ subject: Value) async {
    guard let keep else { return }
    keep((await organization.address(of: member, subject).map { [.named(member, $0)] } ?? []) + [inverse])
  }
}
