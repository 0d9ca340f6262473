internal import SecretSafeAPI
internal import SecretSafeClient

/// The requests of a plan, by method and path.
typealias PlannedPaths = [PacedCall: Int]

/// What a plan sends once it is merged: the requests of its steps in place of those of the calls that they answer.
struct MergedRequests {
  private(set) var requests: [PlannedRequests]
  private(set) var paths: PlannedPaths

  /// - Parameters:
  ///   - requests: of what the script says, as the rehearsal counted them.
  init(_ steps: [AheadSchedule.Step], of calls: [RehearsedCall], _ requests: [PlannedRequests], _ paths: PlannedPaths) {
    (self.requests, self.paths) = (requests, paths)
    for step in steps where step.merges || step.kind == .imports {
      let replaced = step.calls.flatMap { calls[$0].requests }
      for request in replaced { add(request.endpoint, request.path, -1) }
      let changes = step.calls.contains { calls[$0].result?.changed == true }
      switch step.kind {
      case .imports:
        let chunks = (step.calls.count + AheadSender.importSize - 1) / AheadSender.importSize
        add(.membersList, Endpoint.membersList.path, chunks + 1)
        add(.organizationImport, Endpoint.organizationImport.path, chunks)
      case .invitation: add(.membersPost, Endpoint.membersPost.path, 1)
      case .group(let id): add(read: .groupsGetMemberIds, write: changes ? .groupsPutMemberIds : nil, id)
      case .member(let id): add(read: .membersGetGroupIds, write: changes ? .membersPutGroupIds : nil, id)
      case .access(let id): add(read: .collectionsGet, write: changes ? .collectionsPut : nil, id)
      case .object, .single:
        // Of several that set fields of one object the first has all that it takes.
        for request in calls[step.calls[0]].requests { add(request.endpoint, request.path, 1) }
      }
    }
  }

  private mutating func add(read: Endpoint, write: Endpoint?, _ id: GUID) {
    add(read, read.path(id), 1)
    if let write { add(write, write.path(id), 1) }
  }

  private mutating func add(_ endpoint: Endpoint, _ path: String, _ count: Int) {
    requests.add(endpoint, count)
    let call = PacedCall(.api, endpoint.method.rawValue, path)
    let left = (paths[call] ?? 0) + count
    paths[call] = left > 0 ? left : nil
  }
}
