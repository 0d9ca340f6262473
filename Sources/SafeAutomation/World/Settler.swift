internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Finds out what became of calls whose answers were lost: all that wait are settled by one read of a list.
actor Settler {
  private let client: Client
  private let members: SharedRead<[Member]>
  private let groups: SharedRead<[Group]>
  /// Groups that were there before the run made any; nil until it is about to make the first.
  private var before: Set<GUID>?
  /// Groups that this run made.
  private var own: Set<GUID> = []

  init(client: Client) {
    self.client = client
    members = SharedRead { try await client.members() }
    groups = SharedRead { try await client.groups() }
  }

  /// Knows what the run saw and made before it was taken up.
  init(client: Client, knowing recording: Recording) async {
    self.init(client: client)
    for case .groups(let groups) in recording.changes {
      groupsBefore(groups.map(\.id))
      break
    }
    for group in recording.madeGroups { made(group) }
  }

  // MARK: groups

  var knowsGroups: Bool { before != nil }

  func groupsBefore(_ ids: [GUID]) { if before == nil { before = Set(ids) } }
  func made(_ group: GUID) { own.insert(group) }

  // MARK: settling

  /// What became of a call that was last sent longer ago than any request lasts.
  func settle(_ settling: Settling, _ call: VerbCall, member: GUID?) async throws(RunError) -> ExactlyOnce.Finding<VerbResult> {
    switch settling {
    case .again: return .notDone
    case .never: return .unknown
    case .invitation(let body):
      let body = body(call)
      let list = try await read(members)
      guard let found = list.first(where: { $0.email.lowercased() == body.email.lowercased() }) else { return .notDone }
      // Somebody else's: sent again, ours is refused with a reason.
      guard found.type == body.type, found.externalId == body.externalId else { return .notDone }
      return .done(
        VerbResult(.member(found), changed: true, .memberships(found.id, body.groups ?? [], overRead: false))
          .undone(by: .remove(.member, found.id, name: found.email)))
    case .creation(let body):
      let body = body(call)
      let list = try await read(groups)
      let found = list.filter { group in
        group.name == body.name && group.externalId == body.externalId && before?.contains(group.id) != true && !own.contains(group.id)
      }
      guard let group = found.first else { return .notDone }
      // Two alike, and both new: one may be somebody else's.
      if found.count > 1 { return .unknown }
      own.insert(group.id)
      return .done(VerbResult(.group(group), changed: true).undone(by: .remove(.group, group.id, name: group.name)))
    case .status(let isDone):
      guard let member else { return .unknown }
      guard let found = try await read(members).first(where: { $0.id == member }) else { return .unknown }
      guard isDone(found.status) else { return .notDone }
      return .done(VerbResult(changed: true, .member(found)).undone(by: found.status == .revoked ? .restore(member) : .revoke(member)))
    }
  }

  /// The members as they are after the question.
  func memberList() async throws(RunError) -> [Member] { try await read(members) }

  private func read<T: Sendable>(_ list: SharedRead<T>) async throws(RunError) -> T {
    do { return try await list.value() } catch { throw RunError(error) }
  }
}

/// A read for all who ask while the one before is under way: what they get was read after they asked.
actor SharedRead<T: Sendable> {
  private let read: @Sendable () async throws -> T
  private var next: Task<T, any Error>?
  private var current: Task<T, any Error>?

  private static var gathering: Duration { .milliseconds(100) }

  init(_ read: @escaping @Sendable () async throws -> T) { self.read = read }

  func value() async throws -> T {
    if let next { return try await next.value }
    let (read, before) = (read, current)
    let task = Task {
      _ = await before?.result
      // Answers that were lost together are asked for together.
      try? await Task.sleep(for: Self.gathering)
      self.begins()
      let list: Result<T, any Error>
      do { list = .success(try await read()) } catch { list = .failure(error) }
      self.ends()
      return try list.get()
    }
    next = task
    return try await task.value
  }

  /// Who asks from now on gets the one after this.
  private func begins() {
    current = next
    next = nil
  }

  /// A list of thousands goes with those who asked for it.
  private func ends() { current = nil }
}
