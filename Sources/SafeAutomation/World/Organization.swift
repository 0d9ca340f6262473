internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// What a run knows of the organization: lists fetched once and kept, with the run's own writes in them.
actor Organization {
  let client: Client
  private let lifetime: Duration?
  var members: Listing<Member>?
  var groups: Listing<Group>?
  var collections: Listing<SharedCollection>?
  var policies: Listing<Policy>?
  private var subscription: (model: Subscription, loaded: ContinuousClock.Instant)?
  /// Lists that are no longer what the server has; who reads one right now still has it.
  private var stale: Set<Resource> = []
  private var loading: [Resource: Task<Void, any Error>] = [:]
  /// Own writes during a fetch, done once more over what it gives, which may be from before them.
  private var late: [Resource: [@Sendable (isolated Organization) -> Void]] = [:]

  /// Who is in a group, and in which groups somebody is, where all of it is known.
  var membersOfGroup: [GUID: [GUID]] = [:]
  var groupsOfMember: [GUID: [GUID]] = [:]
  /// Reads of memberships wait for one another, so that parallel rows do not ask for the same.
  let membershipReads = ObjectLocks()
  var isReadingMemberships = false
  /// The next read begins anew; one that is under way still has what it read.
  var areMembershipsStale = false
  var lateMemberships: [(groups: [GUID], member: GUID)] = []

  /// What this run took away itself.
  var removed: Set<GUID> = []

  enum Resource: String { case member = "Member", group = "Group", collection = "Collection", policy = "Policy", subscription = "Subscription" }

  /// `lifetime` is how long a list is good: a minute at the prompt, the whole run (nil) in a script.
  init(client: Client, lifetime: Duration?) {
    self.client = client
    self.lifetime = lifetime
  }

  // MARK: lists

  func table(_ name: String) async throws(RunError) -> Table {
    let resource = try Self.resource(name)
    try await load(resource)
    switch resource {
    case .member: return members?.table ?? .empty(SecretSafeSchema.members.row)
    case .group: return groups?.table ?? .empty(SecretSafeSchema.groups.row)
    case .collection: return collections?.table ?? .empty(SecretSafeSchema.collections.row)
    case .policy: return policies?.table ?? .empty(SecretSafeSchema.policies.row)
    case .subscription:
      return subscription.map { Row(SecretSafeSchema.subscription.row, Rows.values($0.model)).table } ?? .empty(SecretSafeSchema.subscription.row)
    }
  }

  /// The list as it is now. One that is being fetched may be from before the question, and is waited for.
  func refreshed(_ name: String) async throws(RunError) -> Table {
    let resource = try Self.resource(name)
    if let task = loading[resource] { _ = await task.result }
    forget(resource)
    return try await table(name)
  }

  private static func resource(_ name: String) throws(RunError) -> Resource {
    guard let resource = Resource(rawValue: name) else { throw RunError(.data, "\(name) has no list that is kept") }
    return resource
  }

  private func isFresh(_ resource: Resource) -> Bool {
    if stale.contains(resource) { return false }
    let loaded: ContinuousClock.Instant? =
      switch resource {
      case .member: members?.loaded
      case .group: groups?.loaded
      case .collection: collections?.loaded
      case .policy: policies?.loaded
      case .subscription: subscription?.loaded
      }
    guard let loaded else { return false }
    return lifetime.map { loaded.duration(to: .now) < $0 } ?? true
  }

  /// Fetches a list once, however many ask for it at the same time.
  func load(_ resource: Resource) async throws(RunError) {
    if isFresh(resource) { return }
    let task = loading[resource] ?? Task { try await self.fetch(resource) }
    loading[resource] = task
    do { try await task.value } catch { throw RunError(error) }
  }

  private func fetch(_ resource: Resource) async throws {
    defer {
      loading[resource] = nil
      late[resource] = nil
    }
    stale.remove(resource)
    do {
      switch resource {
      case .member:
        members = Listing(try await client.members(), SecretSafeSchema.members.row, id: { $0.id }, name: { $0.email.lowercased() }) { Rows.values($0) }
        areMembershipsStale = true
      case .group:
        groups = Listing(try await client.groups(), SecretSafeSchema.groups.row, id: { $0.id }) { Rows.values($0) }
        areMembershipsStale = true
      case .collection:
        collections = Listing(try await client.collections(), SecretSafeSchema.collections.row, id: { $0.id }) { Rows.values($0) }
      case .policy:
        policies = Listing(try await client.policies(), SecretSafeSchema.policies.row, id: { $0.id }) { Rows.values($0) }
      case .subscription: subscription = (try await client.subscription(), .now)
      }
    } catch {
      stale.insert(resource)
      throw error
    }
    for change in late[resource] ?? [] { change(self) }
  }

  // MARK: own writes

  /// Makes a change of what is known, now and after a fetch that is under way.
  func change(_ resource: Resource, _ change: @escaping @Sendable (isolated Organization) -> Void) {
    change(self)
    if loading[resource] != nil { late[resource, default: []].append(change) }
  }

  /// The next who asks fetches anew.
  func forget(_ resources: Resource...) {
    stale.formUnion(resources)
    if resources.contains(.member) || resources.contains(.group) { areMembershipsStale = true }
  }
}
