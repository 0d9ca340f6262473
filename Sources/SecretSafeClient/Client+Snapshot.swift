public import SecretSafeAPI

/// A part of a snapshot that is read by itself.
public enum SnapshotPart: Hashable, Sendable, CaseIterable {
  case members, groups, collections, policies, subscription
  /// Who is in which group: a request for each group.
  case memberships
}

extension Client {
  /// Requests at once: enough to hide the way to a far server, few enough for one with limits.
  private static let parallelReads = 8

  /// Reads everything that a snapshot holds, or some parts. What the server does not offer (policies, a subscription) is left out, and so is the
  /// access to collections that are not read.
  public func snapshot(_ parts: Set<SnapshotPart> = Set(SnapshotPart.allCases)) async throws(ClientError) -> OrganizationSnapshot {
    let collections = parts.contains(.collections) ? try await collections().map { SharedCollection(id: $0.id, externalId: $0.externalId.known) } : []
    let shared = Set(collections.map(\.id))
    // Older servers leave the access out of their lists (`api.md` 3.2.1): what lacks it is read one by one.
    let lackAccess = parts.contains(.collections)
    let members = try await whole(parts.contains(.members) ? members() : [], lacks: { lackAccess && $0.collections == nil }) {
      client, member async throws(ClientError) in try await client.member(member.id)
    }
    let groups = try await whole(parts.contains(.groups) ? groups() : [], lacks: { lackAccess && $0.collections == nil }) {
      client, group async throws(ClientError) in try await client.group(group.id)
    }
    let people = Set(members.map(\.id))
    let isJoined = parts.contains(.memberships)
    let memberships = try await inParallel(groups) { client, group async throws(ClientError) in isJoined ? try await client.memberIDs(ofGroup: group.id) : [] }
    return OrganizationSnapshot(
      members: members.map { member in
        var member = member
        member.email = member.email.lowercased()
        member.externalId = member.externalId.known
        member.permissions = member.type == .custom ? member.permissions ?? [] : nil
        member.collections = Self.sorted(member.collections, within: shared)
        return .init(member)
      },
      groups: zip(groups, memberships).map { group, members in
        var group = group
        group.externalId = group.externalId.known
        group.collections = Self.sorted(group.collections, within: shared)
        return .init(group, members: members.filter(people.contains).sorted())
      },
      collections: collections,
      policies: parts.contains(.policies) ? try await offered { () async throws(ClientError) in try await self.policies() } ?? [] : [],
      subscription: parts.contains(.subscription) ? try await offered { () async throws(ClientError) in try await self.subscription() } : nil)
  }

  /// What came or went between two requests, and personal collections, which some servers name, would be references to nothing.
  private static func sorted(_ associations: [Association]?, within known: Set<GUID>) -> [Association] {
    (associations ?? []).filter { known.contains($0.id) }.map { Association(id: $0.id, access: $0.access) }.sorted { $0.id < $1.id }
  }

  private func whole<T: Sendable>(
    _ list: [T], lacks: (T) -> Bool, _ read: @escaping @Sendable (Client, T) async throws(ClientError) -> T
  ) async throws(ClientError) -> [T] {
    let lacking = list.indices.filter { lacks(list[$0]) }
    if lacking.isEmpty { return list }
    var list = list
    for (index, read) in zip(lacking, try await inParallel(lacking.map { list[$0] }, read)) { list[index] = read }
    return list
  }

  /// Nil where the server has no such thing.
  private func offered<T>(_ read: () async throws(ClientError) -> T) async throws(ClientError) -> T? {
    do throws(ClientError) { return try await read() } catch {
      switch error.kind {
      case .unsupported, .refused, .notFound: return nil
      default: throw error
      }
    }
  }

  /// One result for each element, in their order.
  private func inParallel<T: Sendable, R: Sendable>(
    _ elements: [T], _ read: @escaping @Sendable (Client, T) async throws(ClientError) -> R
  ) async throws(ClientError) -> [R] {
    let results = await withTaskGroup(of: (Int, Result<R, ClientError>).self) { group in
      var results: [Int: Result<R, ClientError>] = [:]
      var rest = elements.indices[...]
      func start() {
        guard let index = rest.popFirst() else { return }
        let element = elements[index]
        group.addTask {
          do throws(ClientError) { return (index, .success(try await read(self, element))) } catch { return (index, .failure(error)) }
        }
      }
      for _ in 0..<Self.parallelReads { start() }
      while let (index, result) = await group.next() {
        results[index] = result
        if case .failure = result { rest = rest.prefix(0) }
        start()
      }
      return results
    }
    var read: [R] = []
    for index in results.keys.sorted() { if case .failure(let error)? = results[index] { throw error } }
    for index in elements.indices { if case .success(let value)? = results[index] { read.append(value) } }
    return read
  }
}

extension String? {
  /// Some servers store blank texts, which are none.
  fileprivate var known: String? { flatMap { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) ? nil : $0 } }
}
