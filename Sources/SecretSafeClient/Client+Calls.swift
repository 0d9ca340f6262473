public import SecretSafeAPI

// A typed call for each row of `Endpoint.all`, and nothing else. Where nothing is said it is what the endpoint's summary says, and
// the body's comment says what nil means. Errors: `ClientError`, `notFound` for an id that is not there.

extension Client {
  // MARK: members

  public func members() async throws(ClientError) -> [Member] { try await list(Member.self, .membersList) }
  public func member(_ id: GUID) async throws(ClientError) -> Member { try await read(Member.self, .membersGet, Arguments(id: id)) }
  /// Gives the member as it is stored, the address in lower case.
  public func invite(_ body: InviteBody) async throws(ClientError) -> Member { try await read(Member.self, .membersPost, Arguments(body: body.json)) }
  public func updateMember(_ id: GUID, _ body: MemberBody) async throws(ClientError) -> Member {
    try await read(Member.self, .membersPut, Arguments(id: id, body: body.json))
  }
  /// Ends the membership for good.
  public func removeMember(_ id: GUID) async throws(ClientError) { try await send(.membersDelete, id) }
  public func groupIDs(ofMember id: GUID) async throws(ClientError) -> [GUID] { try await read([GUID].self, .membersGetGroupIds, Arguments(id: id)) }
  /// Replaces the whole set.
  public func setGroupIDs(_ groups: [GUID], ofMember id: GUID) async throws(ClientError) {
    try await send(.membersPutGroupIds, id, body: Self.ids("groupIds", groups))
  }
  public func reinvite(_ id: GUID) async throws(ClientError) { try await send(.membersReinvite, id) }
  /// Suspends the member; `restore` gives the status from before.
  public func revoke(_ id: GUID) async throws(ClientError) { try await send(.membersRevoke, id) }
  public func restore(_ id: GUID) async throws(ClientError) { try await send(.membersRestore, id) }

  // MARK: groups

  public func groups() async throws(ClientError) -> [Group] { try await list(Group.self, .groupsList) }
  public func group(_ id: GUID) async throws(ClientError) -> Group { try await read(Group.self, .groupsGet, Arguments(id: id)) }
  public func createGroup(_ body: GroupBody) async throws(ClientError) -> Group { try await read(Group.self, .groupsPost, Arguments(body: body.json)) }
  public func updateGroup(_ id: GUID, _ body: GroupBody) async throws(ClientError) -> Group {
    try await read(Group.self, .groupsPut, Arguments(id: id, body: body.json))
  }
  public func removeGroup(_ id: GUID) async throws(ClientError) { try await send(.groupsDelete, id) }
  public func memberIDs(ofGroup id: GUID) async throws(ClientError) -> [GUID] { try await read([GUID].self, .groupsGetMemberIds, Arguments(id: id)) }
  /// Replaces the whole set.
  public func setMemberIDs(_ members: [GUID], ofGroup id: GUID) async throws(ClientError) {
    try await send(.groupsPutMemberIds, id, body: Self.ids("memberIds", members))
  }

  private static func ids(_ name: StaticString, _ ids: [GUID]) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { $0.member(name, ids) }
    return writer.bytes
  }

  // MARK: collections

  /// Shared ones; personal collections are out of reach.
  public func collections() async throws(ClientError) -> [SharedCollection] {
    try await list(SharedCollection.self, .collectionsList)
  }
  public func collection(_ id: GUID) async throws(ClientError) -> SharedCollection {
    try await read(SharedCollection.self, .collectionsGet, Arguments(id: id))
  }
  public func updateCollection(_ id: GUID, _ body: CollectionBody) async throws(ClientError) -> SharedCollection {
    try await read(SharedCollection.self, .collectionsPut, Arguments(id: id, body: body.json))
  }
  /// What is in it only leaves it.
  public func removeCollection(_ id: GUID) async throws(ClientError) { try await send(.collectionsDelete, id) }

  // MARK: policies

  /// Those that were saved at least once.
  public func policies() async throws(ClientError) -> [Policy] { try await list(Policy.self, .policiesList) }

  /// Nil for one that was never saved, which is as good as disabled and without data.
  public func policy(_ type: PolicyType) async throws(ClientError) -> Policy? {
    do throws(ClientError) { return try await read(Policy.self, .policiesGet, Arguments(policy: type)) } catch {
      if error.kind == .notFound { return nil }
      throw error
    }
  }

  /// Creates or replaces it; what the data lacks is reset.
  public func savePolicy(_ type: PolicyType, _ body: PolicyBody) async throws(ClientError) -> Policy {
    try await read(Policy.self, .policiesPut, Arguments(policy: type, body: body.json))
  }

  // MARK: events

  /// The events of a window of any length, newest first, read page by page as they are asked for.
  public func events(_ filter: EventFilter) -> EventSequence { EventSequence(client: self, filter: filter) }

  func eventPage(query: String) async throws(ClientError) -> EventPage {
    try await read(EventPage.self, .eventsList, Arguments(query: query))
  }

  // MARK: organization

  /// Imports members and groups. What the server would refuse for being there twice is refused before it is sent.
  public func importDirectory(_ body: ImportBody) async throws(ClientError) {
    if let first = body.duplicates.first { throw ClientError(.invalid, "\(first.key): \(first.text)") }
    try await send(.organizationImport, body: body.json)
  }

  /// Refused where seats are not counted.
  public func subscription() async throws(ClientError) -> Subscription { try await read(Subscription.self, .organizationGetSubscription) }

  /// Sets absolute targets, which cost money; gives the server's word for what it did. Never sent again by itself.
  public func updateSubscription(_ targets: Subscription) async throws(ClientError) -> String {
    try await read(MessageAnswer.self, .organizationPutSubscription, Arguments(body: targets.json)).message
  }
}
