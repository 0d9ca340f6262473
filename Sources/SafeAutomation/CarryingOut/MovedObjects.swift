internal import SafeLanguage
public import SecretSafeAPI
public import SecretSafeClient

extension Plan {
  /// What the plan rests on and is not what it was: fields that it sets or that chose its rows, objects that are gone, and objects to be made that are
  /// there already. What somebody else changes elsewhere is none of it; memberships and access are merged, and not compared.
  public func moved(reading client: ReadingClient) async throws(ClientError) -> OrganizationDifference {
    let touched = Set(basis.map { ObjectKey($0.kind, $0.id, $0.name) })
    let new = OrganizationDifference.Kind.allCases.filter { !difference.changes(of: $0, .added).isEmpty }
    let parts = parts.intersection(Set(basis.map(\.kind.part) + new.map(\.part)))
    if parts.isEmpty { return OrganizationDifference(from: read, to: read) }
    let now = OrganizationDifference(from: read.keeping(parts), to: try await client.snapshot(parts))
    let names = Dictionary(new.map { kind in (kind, Set(difference.changes(of: kind, .added).lazy.map(\.name))) }) { first, _ in first }
    var named: [ObjectKey: Set<String>] = [:]
    for object in basis { named[ObjectKey(object.kind, object.id, object.name)] = Set(object.fields.map(\.name)) }
    return now.filtered { change in
      var change = change
      if change.action == .added { return names[change.kind]?.contains(change.name) == true ? change : nil }
      guard touched.contains(ObjectKey(change)), change.action == .removed || !change.fields.isEmpty else { return nil }
      let fields = named[ObjectKey(change)] ?? []
      change.fields.removeAll { !fields.contains($0.name) }
      (change.access, change.members) = ([], [])
      return change.action == .removed || !change.fields.isEmpty ? change : nil
    }
  }
}

/// What tells an object from others of two snapshots. A policy is known by its type: one that is changed may have another id than before.
struct ObjectKey: Hashable {
  private let kind: OrganizationDifference.Kind
  private let key: String

  init(_ kind: OrganizationDifference.Kind, _ id: GUID?, _ name: String) {
    self.kind = kind
    key = kind == .policy ? name : id?.description ?? name
  }

  init(_ change: OrganizationDifference.Change) { self.init(change.kind, change.id, change.name) }
}

extension OrganizationDifference.Kind {
  var part: SnapshotPart {
    switch self {
    case .member: .members
    case .group: .groups
    case .collection: .collections
    case .policy: .policies
    case .subscription: .subscription
    }
  }
}

extension OrganizationSnapshot {
  /// The lists of some parts.
  func keeping(_ parts: Set<SnapshotPart>) -> OrganizationSnapshot {
    OrganizationSnapshot(
      members: parts.contains(.members) ? members : [], groups: parts.contains(.groups) ? groups : [],
      collections: parts.contains(.collections) ? collections : [], policies: parts.contains(.policies) ? policies : [],
      subscription: parts.contains(.subscription) ? subscription : nil)
  }
}
