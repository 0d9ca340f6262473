internal import SecretSafeAPI

/// Lets one write at a time at each object: read, merge and write of one caller never mixes with another's.
actor ObjectLocks {
  private var waiting: [GUID: [CheckedContinuation<Void, Never>]] = [:]

  func locking<T: Sendable>(_ id: GUID, _ body: @Sendable () async throws -> T) async throws -> T {
    await acquire(id)
    defer { release(id) }
    return try await body()
  }

  private func acquire(_ id: GUID) async {
    guard waiting[id] != nil else {
      waiting[id] = []
      return
    }
    await withCheckedContinuation { waiting[id]?.append($0) }
  }

  private func release(_ id: GUID) {
    guard var queue = waiting[id], !queue.isEmpty else {
      waiting[id] = nil
      return
    }
    let next = queue.removeFirst()
    waiting[id] = queue
    next.resume()
  }
}
