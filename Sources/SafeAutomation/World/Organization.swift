internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// What a run knows of the organization: lists fetched once and kept, with the run's own writes in them.
actor Organization {
  let client: Client
  private let lifetime: Duration?
  var known = Knowledge()
  private var loading: [Resource: Task<Void, any Error>] = [:]
  /// Own writes during a fetch, done once more over what it gives, which may be from before them.
  private var late: [Resource: [OrganizationChange]] = [:]
  /// Told of each change, in their order.
  private var record: (@Sendable (OrganizationChange) -> Void)?

  /// Reads of memberships wait for one another, so that parallel rows do not ask for the same.
  let membershipReads = ObjectLocks()
  private var isReadingMemberships = false
  private var lateMemberships: [OrganizationChange] = []
  /// Addresses that are guessed at yet: a guess looks at all members, and of thousands that are not there nobody reads them.
  var guessesLeft = 20

  /// `lifetime` is how long a list is good: a minute at the prompt, the whole run (nil) in a script.
  init(client: Client, lifetime: Duration?) {
    self.client = client
    self.lifetime = lifetime
  }

  /// Goes on from what an earlier part of the run knew, and tells what changes from now on.
  func resume(from changes: [OrganizationChange], recording record: @escaping @Sendable (OrganizationChange) -> Void) {
    for change in changes { known.apply(change) }
    self.record = record
  }

  func endRecording() { record = nil }

  // MARK: lists

  /// What is known of a list, however old; nil if it was never read.
  func cached(_ resource: Resource) -> Table? { known.loaded(resource) == nil ? nil : known.table(resource) }

  func table(_ resource: Resource) async throws(RunError) -> (table: Table, version: Int) {
    try await load(resource)
    return (known.table(resource), known.version)
  }

  /// The list as it is now. One that is being fetched may be from before the question, and is waited for.
  func refreshed(_ resource: Resource) async throws(RunError) -> (table: Table, version: Int) {
    if let task = loading[resource] { _ = await task.result }
    apply(.stale([resource]))
    return try await table(resource)
  }

  static func resource(_ name: String) throws(RunError) -> Resource {
    guard let resource = Resource(rawValue: name) else { throw RunError(.data, "\(name) has no list that is kept") }
    return resource
  }

  private func isFresh(_ resource: Resource) -> Bool {
    guard let loaded = known.loaded(resource) else { return false }
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
    do {
      let list: OrganizationChange =
        switch resource {
        case .member: .members(try await client.members())
        case .group: .groups(try await client.groups())
        case .collection: .collections(try await client.collections())
        case .policy: .policies(try await client.policies())
        case .subscription: .subscription(try await client.subscription())
        }
      loading[resource] = nil
      apply(list)
      for change in late.removeValue(forKey: resource) ?? [] { apply(change) }
    } catch {
      loading[resource] = nil
      late[resource] = nil
      apply(.stale([resource]))
      throw error
    }
  }

  // MARK: changes

  /// Makes a change of what is known, now and after a fetch that is under way.
  func apply(_ change: OrganizationChange) {
    known.apply(change)
    record?(change)
    for resource in change.resources where loading[resource] != nil { late[resource, default: []].append(change) }
    if isReadingMemberships, case .memberships(let member, let groups, _) = change {
      lateMemberships.append(.memberships(member, groups, overRead: true))
    }
    if isReadingMemberships, case .joined = change { lateMemberships.append(change) }
  }

  /// Makes several with nothing in between.
  func apply(_ changes: [OrganizationChange]) { for change in changes { apply(change) } }

  /// The same for what `record` writes down as one.
  func commit(_ changes: [OrganizationChange], _ record: @Sendable () -> Void) {
    record()
    let outer = self.record
    self.record = nil
    apply(changes)
    self.record = outer
  }

  /// Whether this run took it away itself.
  func isRemoved(_ id: GUID) -> Bool { known.removed.contains(id) }

  func groupIDs() -> [GUID] { known.groups?.models.map(\.id) ?? [] }

  /// The next who asks fetches anew.
  func forget(_ resources: Resource...) { apply(.stale(resources)) }

  /// A list that is not kept up any more, and is read by whoever comes to it.
  func letGo(_ resource: Resource) { known.letGo(resource) }

  // MARK: memberships

  /// Begins a read of memberships, anew if what is known is no longer good.
  func beginReadingMemberships() {
    if known.areMembershipsStale { apply(.membershipsForgotten) }
    isReadingMemberships = true
  }

  /// Ends it, and does once more what the run wrote meanwhile.
  func endReadingMemberships() {
    isReadingMemberships = false
    let changes = lateMemberships
    lateMemberships = []
    apply(changes)
  }

  /// What is known, with relations ready to be asked.
  func related(_ relation: Relation) -> (rows: any RelatedRows, version: Int) { (known.related(relation), known.version) }
}
