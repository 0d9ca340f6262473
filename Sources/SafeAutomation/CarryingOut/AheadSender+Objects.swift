internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

/// Reads an object, adds what many calls add, and writes it once.
extension AheadSender {
  // MARK: memberships

  /// Members come into a group.
  func additions(_ calls: [Int], to group: GUID, _ log: CallLog, _ isOpen: Bool) async throws -> [(Int, VerbResult)] {
    let client = session.client.observed(by: log)
    return try await additions(calls, \.member, log, isOpen) { wanted in
      // Each membership belongs to two objects, so nobody else writes one meanwhile.
      try await session.locks.lockingAll {
        let present = try await client.memberIDs(ofGroup: group)
        let new = Self.missing(wanted, in: present)
        if !new.isEmpty { try await client.setMemberIDs(present + new, ofGroup: group) }
        return Set(present)
      }
    }
  }

  /// A member comes into groups.
  func additions(_ calls: [Int], of member: GUID, _ log: CallLog, _ isOpen: Bool) async throws -> [(Int, VerbResult)] {
    let client = session.client.observed(by: log)
    return try await additions(calls, \.group, log, isOpen) { wanted in
      try await session.locks.locking(member) {
        let present = try await client.groupIDs(ofMember: member)
        let new = Self.missing(wanted, in: present)
        if !new.isEmpty { try await client.setGroupIDs(present + new, ofMember: member) }
        return Set(present)
      }
    }
  }

  /// Adds one side of memberships to the other; `write` gives who was there before.
  private func additions(
    _ calls: [Int], _ side: (Joining) -> GUID, _ log: CallLog, _ isOpen: Bool, _ write: ([GUID]) async throws -> Set<GUID>
  ) async throws -> [(Int, VerbResult)] {
    let joining = joining(calls)
    let wanted = joining.map(side)
    let (present, mayBeOurs) = try await once.untilKnown(log, isOpen: isOpen) {
      .notDone
    } send: {
      (try await write(wanted), $0)
    }
    // Of several that say the same the first does it.
    var known = mayBeOurs ? [] : present
    return joining.map { ($0.index, membership($0, isNew: known.insert(side($0)).inserted, mayBeOurs)) }
  }

  private struct Joining {
    let index: Int
    let member: GUID
    let group: GUID
  }

  private func joining(_ calls: [Int]) -> [Joining] {
    calls.compactMap { index in
      call(index).joining.map { Joining(index: index, member: placeholders.id($0.member), group: placeholders.id($0.group)) }
    }
  }

  /// Each once, in their order.
  private static func missing(_ wanted: [GUID], in present: [GUID]) -> [GUID] {
    var known = Set(present)
    return wanted.filter { known.insert($0).inserted }
  }

  /// Where what is found may be own work the rehearsal tells whether it was there before.
  private func membership(_ joining: Joining, isNew: Bool, _ mayBeOurs: Bool) -> VerbResult {
    let changed = isNew && (!mayBeOurs || call(joining.index).changed == true)
    let result = VerbResult(changed: changed, .joined(joining.member, joining.group))
    return changed ? result.undone(by: .memberships(joining.member, add: [], drop: [joining.group])) : result
  }

  // MARK: access

  /// Groups come to a collection. One whose access is there in another degree is left to the script.
  func access(_ calls: [Int], _ collection: GUID, _ log: CallLog, _ isOpen: Bool) async throws -> [(Int, VerbResult)] {
    let client = session.client.observed(by: log)
    let wanted = calls.compactMap { index -> (index: Int, association: Association)? in
      guard let said = said(index), case .record(let row)? = said.arguments["to"], let group = Rows.id(row), let access = Rows.access(said.arguments["access"]) else {
        return nil
      }
      return (index, Association(id: group, access: access))
    }
    let (old, mayBeOurs) = try await once.untilKnown(log, isOpen: isOpen) {
      .notDone
    } send: { mayBeOurs in
      try await session.locks.locking(collection) {
        let old = try await client.collection(collection)
        var groups = old.groups ?? []
        for (_, association) in wanted where !groups.contains(where: { $0.id == association.id }) { groups.append(association) }
        if groups.count != old.groups?.count ?? 0 { _ = try await client.updateCollection(collection, CollectionBody(externalId: old.externalId, groups: groups)) }
        return (old, mayBeOurs)
      }
    }
    var present = old
    return wanted.compactMap { index, association in
      let known = present.groups?.first { $0.id == association.id }
      if let known {
        guard known.access == association.access else { return nil }
        return (index, VerbResult(changed: mayBeOurs && call(index).changed == true, .collection(present)))
      }
      let before = present
      present.groups = (present.groups ?? []) + [association]
      return (index, VerbResult(changed: true, .collection(present)).undone(by: .collection(from: before, to: present)))
    }
  }

  // MARK: fields

  /// Fields of one object, set one after another and sent once.
  func update(_ calls: [Int], _ log: CallLog, _ isOpen: Bool) async throws -> [(Int, VerbResult)] {
    guard var said = said(calls[0]) else { return [] }
    for index in calls.dropFirst() { said.arguments.merge(self.said(index)?.arguments ?? [:]) { $1 } }
    let isToChange = calls.contains { call($0).changed == true }
    let result = try await once.result(of: said, log, isOpen: isOpen, isToChange: isToChange)
    if calls.count == 1 { return [(calls[0], result)] }
    // Several may come to nothing together, there and back again, and each of them does something.
    let isSeen = result.changed || calls.count { call($0).changed == true } > 1
    return calls.map { index in
      let own = VerbResult(result.given.with(call(index).twin), changed: isSeen && call(index).changed == true, result.others)
      return (index, index == calls.first ? own.undone(by: result.inverses) : own)
    }
  }
}

extension VerbResult.Given {
  /// The same object with the fields that it had in the rehearsal at that moment.
  fileprivate func with(_ twin: TwinAnswer?) -> VerbResult.Given {
    switch (self, twin?.given) {
    case (.member(var member), _):
      member.take(twin)
      return .member(member)
    case (.group(var group), .group(let name, let externalId)?):
      (group.name, group.externalId) = (name, externalId)
      return .group(group)
    case (.collection(var collection), .collection(let externalId)?):
      collection.externalId = externalId
      return .collection(collection)
    default: return self
    }
  }
}
