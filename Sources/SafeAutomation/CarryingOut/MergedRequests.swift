internal import SecretSafeAPI
internal import SecretSafeClient

/// How often each request of a plan is sent.
typealias PlannedPaths = [PlannedRequest: Int]

/// What a plan sends once it is merged: the requests of its steps in place of those of the calls that they answer.
struct MergedRequests {
  private(set) var requests: [PlannedRequests]
  private(set) var paths: PlannedPaths
  private let countsPaths: Bool

  /// - Parameters:
  ///   - requests: of what the script says, as the rehearsal counted them.
  ///   - paths: the same by path; nil where nobody asks for it.
  init(_ steps: [AheadSchedule.Step], of calls: RehearsedCalls, _ requests: [PlannedRequests], _ paths: consuming PlannedPaths?) {
    self.requests = requests
    countsPaths = paths != nil
    self.paths = paths ?? [:]
    for step in steps where step.merges || step.kind == .imports {
      for call in step.calls { for request in calls.requests(of: call) { add(request, -1) } }
      let changes = step.calls.contains { calls.calls[$0].changed == true }
      switch step.kind {
      case .imports:
        let chunks = (step.calls.count + AheadSender.importSize - 1) / AheadSender.importSize
        add(PlannedRequest(.membersList), chunks + 1)
        add(PlannedRequest(.organizationImport), chunks)
      case .invitation: add(PlannedRequest(.membersPost), 1)
      case .group(let id): add(read: .groupsGetMemberIds, write: changes ? .groupsPutMemberIds : nil, id)
      case .member(let id): add(read: .membersGetGroupIds, write: changes ? .membersPutGroupIds : nil, id)
      case .access(let id): add(read: .collectionsGet, write: changes ? .collectionsPut : nil, id)
      case .object, .single:
        // Of several that set fields of one object the first has all that it takes.
        for request in calls.requests(of: step.calls[0]) { add(request, 1) }
      }
    }
  }

  private mutating func add(read: Endpoint, write: Endpoint?, _ id: GUID) {
    add(PlannedRequest(read, id), 1)
    if let write { add(PlannedRequest(write, id), 1) }
  }

  private mutating func add(_ request: PlannedRequest, _ count: Int) {
    requests.add(request.endpoint, count)
    guard countsPaths else { return }
    let left = (paths[request] ?? 0) + count
    paths[request] = left > 0 ? left : nil
  }
}
