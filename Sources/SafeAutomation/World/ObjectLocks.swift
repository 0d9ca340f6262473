internal import SafeSystem
internal import SecretSafeAPI

/// Lets one write at a time at each object: read, merge and write of one caller never mixes with another's, nor with that of another run
/// on this machine.
actor ObjectLocks {
  /// A slice, since its first is taken without moving the others.
  private var waiting: [GUID: ArraySlice<CheckedContinuation<Void, Never>>] = [:]
  /// Writes under way or waiting for their object.
  private var holders = 0
  /// A write that may touch any object is under way, or waits for those that are.
  private var isExclusive = false
  private var outside: [CheckedContinuation<Void, Never>] = []
  private var drained: CheckedContinuation<Void, Never>?
  /// Nil where nobody else is kept out.
  private let machine: RegionLocks?

  init(machine: RegionLocks? = nil) { self.machine = machine }

  func locking<T: Sendable>(_ id: GUID, _ body: @Sendable () async throws -> T) async throws -> T {
    await acquire(id)
    defer { release(id) }
    guard let machine else { return try await body() }
    // Where two objects share a place, one waits without need.
    let place = Int64(truncatingIfNeeded: id.hashedPlace)
    try await waiting { () throws(SystemFailure) in try machine.take(place) }
    defer { machine.give(place) }
    return try await body()
  }

  /// For a write that may touch any object: begins when no other is under way, and none begins until it is done.
  func lockingAll<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
    await waitOutside()
    isExclusive = true
    if holders > 0 { await withCheckedContinuation { drained = $0 } }
    defer {
      isExclusive = false
      let next = outside
      outside = []
      for waiter in next { waiter.resume() }
    }
    guard let machine else { return try await body() }
    try await waiting { () throws(SystemFailure) in try machine.takeAll() }
    defer { machine.giveAll() }
    return try await body()
  }

  /// Another process tells nobody that it is done: it is asked now and then.
  private nonisolated func waiting(_ take: @Sendable () throws(SystemFailure) -> Bool) async throws {
    while try !take() { try await Task.sleep(for: .milliseconds(20)) }
  }

  private func waitOutside() async {
    while isExclusive { await withCheckedContinuation { outside.append($0) } }
  }

  private func acquire(_ id: GUID) async {
    await waitOutside()
    holders += 1
    guard waiting[id] != nil else {
      waiting[id] = []
      return
    }
    await withCheckedContinuation { waiting[id]?.append($0) }
  }

  private func release(_ id: GUID) {
    holders -= 1
    if holders == 0, let waiter = drained {
      drained = nil
      waiter.resume()
    }
    guard let next = waiting[id]?.popFirst() else {
      waiting[id] = nil
      return
    }
    next.resume()
  }
}

extension GUID {
  /// The same in every process.
  fileprivate var hashedPlace: UInt64 {
    description.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } >> 2
  }
}
