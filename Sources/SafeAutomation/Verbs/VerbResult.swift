internal import SafeLanguage
internal import SecretSafeAPI

/// What the body of a verb came to, as data: a journal keeps it, and a run that is taken up again has it from there.
struct VerbResult: Sendable {
  /// What the verb gives.
  enum Given: Sendable {
    case nothing
    case member(Member)
    case group(Group)
    case collection(SharedCollection)
    case policy(Policy)
    /// A policy that was never saved, which is as good as disabled.
    case unsavedPolicy(PolicyType)
    case subscription(Subscription)
  }

  let given: Given
  /// False where it was so already.
  var changed: Bool
  /// What else the run knows from now on, in this order.
  let others: [OrganizationChange]
  /// What takes it back, the last first.
  private(set) var inverses: [Inverse] = []

  init(_ given: Given = .nothing, changed: Bool, _ others: OrganizationChange...) {
    self.init(given, changed: changed, others)
  }

  init(_ given: Given, changed: Bool, _ others: [OrganizationChange]) {
    self.given = given
    self.changed = changed
    self.others = others
  }

  static let unchanged = VerbResult(changed: false)

  /// The same with what takes it back.
  func undone(by inverses: Inverse...) -> VerbResult { undone(by: inverses) }

  func undone(by inverses: [Inverse]) -> VerbResult {
    var result = self
    result.inverses = inverses
    return result
  }

  /// All that the run knows from now on.
  var changes: [OrganizationChange] { (given.change.map { [$0] } ?? []) + others }

  var outcome: VerbOutcome { VerbOutcome(value: given.row.map { .record($0) } ?? .null, changed: changed) }

  /// The object that it is about, for the ledger.
  var id: GUID? {
    switch given {
    case .member(let member): member.id
    case .group(let group): group.id
    case .collection(let collection): collection.id
    case .policy(let policy): policy.id
    case .nothing, .unsavedPolicy, .subscription: nil
    }
  }
}

extension VerbResult.Given {
  var change: OrganizationChange? {
    switch self {
    case .member(let member): .member(member)
    case .group(let group): .group(group)
    case .collection(let collection): .collection(collection)
    case .policy(let policy): .policy(policy)
    case .subscription(let subscription): .subscription(subscription)
    case .nothing, .unsavedPolicy: nil
    }
  }

  fileprivate var row: Row? {
    switch self {
    case .nothing: nil
    case .member(let member): Row(SecretSafeSchema.members.row, Rows.values(member))
    case .group(let group): Row(SecretSafeSchema.groups.row, Rows.values(group))
    case .collection(let collection): Row(SecretSafeSchema.collections.row, Rows.values(collection))
    case .policy(let policy): Row(SecretSafeSchema.policies.row, Rows.values(policy))
    case .unsavedPolicy(let type):
      Row(SecretSafeSchema.policies.row, [.null, .symbol(SecretSafeSchema.policyType, type.rawValue), .bool(false), .null])
    case .subscription(let subscription): Row(SecretSafeSchema.subscription.row, Rows.values(subscription))
    }
  }
}
