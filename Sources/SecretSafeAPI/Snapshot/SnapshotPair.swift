extension OrganizationDifference {
  /// What `after` has that `before` has not, and the other way round.
  public init(from before: OrganizationSnapshot, to after: OrganizationSnapshot) {
    changes = Changes(SnapshotPair(before: before, after: after))
  }

  /// Every object of a snapshot as added, with all of its fields, those that say nothing included.
  public init(listing snapshot: OrganizationSnapshot) {
    changes = Changes(SnapshotPair(before: OrganizationSnapshot(), after: snapshot, everyField: true))
  }
}

/// Two snapshots with what is looked up in them.
struct SnapshotPair: Sendable {
  typealias Change = OrganizationDifference.Change
  typealias Field = OrganizationDifference.Field
  typealias Reference = OrganizationDifference.Reference
  typealias Place = OrganizationDifference.Changes.Place

  let before: OrganizationSnapshot
  let after: OrganizationSnapshot
  /// Whether what was added or removed has all of its fields.
  private let everyField: Bool
  private let emails: [GUID: String]
  private let collectionNames: [GUID: String]
  private let remainingMembers: Set<GUID>
  private let remainingCollections: Set<GUID>

  init(before: OrganizationSnapshot, after: OrganizationSnapshot, everyField: Bool = false) {
    self.before = before
    self.after = after
    self.everyField = everyField
    emails = Dictionary((before.members + after.members).map { ($0.member.id, $0.member.email) }) { $1 }
    collectionNames = Dictionary((before.collections + after.collections).map { ($0.id, Self.name($0)) }) { $1 }
    remainingMembers = Set(after.members.map(\.member.id))
    remainingCollections = Set(after.collections.map(\.id))
  }

  private static func name(_ collection: SharedCollection) -> String { collection.externalId ?? collection.id.description }

  /// Everything that is other.
  var places: [Place] {
    let subscription = before.subscription == nil && after.subscription == nil ? [] : [(before.subscription.map { _ in 0 }, after.subscription.map { _ in 0 })]
    let all =
      Self.pairs(before.members, after.members) { $0.member.id }.map { Place(.member, $0, $1) }
      + Self.pairs(before.groups, after.groups) { $0.group.id }.map { Place(.group, $0, $1) }
      + Self.pairs(before.collections, after.collections, by: \.id).map { Place(.collection, $0, $1) }
      + Self.pairs(before.policies, after.policies, by: \.type).map { Place(.policy, $0, $1) } + subscription.map { Place(.subscription, $0, $1) }
    // What is the same on both sides is no change.
    return all.filter { place in
      if place.action != .changed { return true }
      let change = change(place)
      return !change.fields.isEmpty || !change.access.isEmpty || !change.members.isEmpty
    }
  }

  func change(_ place: Place) -> Change {
    func sides<T>(_ list: KeyPath<OrganizationSnapshot, [T]>) -> (T?, T?) {
      (place.old.map { before[keyPath: list][$0] }, place.new.map { after[keyPath: list][$0] })
    }
    switch place.kind {
    case .member: return member(sides(\.members))
    case .group: return group(sides(\.groups))
    case .collection: return collection(sides(\.collections))
    case .policy: return policy(sides(\.policies))
    case .subscription: return subscription
    }
  }

  // MARK: kinds

  private func member(_ sides: (old: OrganizationSnapshot.MemberEntry?, new: OrganizationSnapshot.MemberEntry?)) -> Change {
    let (old, new) = sides
    var change = change(.member, old, new, id: { $0.member.id }, name: { $0.member.email }) { Self.fields(of: $0) }
    // The status from before is known only where a file was written by hand.
    if let one = old?.statusBefore, let other = new?.statusBefore, one != other {
      change.fields.append(Field(name: "statusBefore", before: .string(one.description), after: .string(other.description)))
    }
    change.access = access(old?.member.collections, new?.member.collections, isGone: new == nil)
    return change
  }

  private func group(_ sides: (old: OrganizationSnapshot.GroupEntry?, new: OrganizationSnapshot.GroupEntry?)) -> Change {
    let (old, new) = sides
    var change = change(.group, old, new, id: { $0.group.id }, name: { $0.group.name }) {
      [("name", .string($0.group.name)), ("externalId", Self.text($0.group.externalId))]
    }
    change.access = access(old?.group.collections, new?.group.collections, isGone: new == nil)
    if let new { change.members = memberships(old?.members ?? [], new.members) }
    return change
  }

  private func collection(_ sides: (old: SharedCollection?, new: SharedCollection?)) -> Change {
    change(.collection, sides.old, sides.new, id: \.id, name: Self.name) { [("externalId", Self.text($0.externalId))] }
  }

  private func policy(_ sides: (old: Policy?, new: Policy?)) -> Change {
    let (old, new) = sides
    var change = change(.policy, old, new, id: \.id, name: \.type.description) { [("enabled", .bool($0.enabled))] }
    change.fields += Self.settings(old?.data, new?.data, isThere: (old != nil, new != nil))
    return change
  }

  private var subscription: Change {
    change(.subscription, before.subscription, after.subscription, id: { _ in nil }, name: { _ in "subscription" }) { subscription in
      let (passwords, secrets) = (subscription.passwordManager, subscription.secretsManager)
      return [
        ("passwordManager.seats", Self.number(passwords?.seats)), ("passwordManager.maxAutoScaleSeats", Self.number(passwords?.maxAutoScaleSeats)),
        ("passwordManager.storage", Self.number(passwords?.storage)), ("secretsManager.seats", Self.number(secrets?.seats)),
        ("secretsManager.maxAutoScaleSeats", Self.number(secrets?.maxAutoScaleSeats)),
        ("secretsManager.serviceAccounts", Self.number(secrets?.serviceAccounts)),
        ("secretsManager.maxAutoScaleServiceAccounts", Self.number(secrets?.maxAutoScaleServiceAccounts)),
      ]
    }
  }

  // MARK: parts

  /// Places of what is the same on both sides, and of what has none on the other.
  private static func pairs<T, Key: Hashable>(_ before: [T], _ after: [T], by key: (T) -> Key) -> [(old: Int?, new: Int?)] {
    let known = Dictionary(after.enumerated().map { (key($1), $0) }) { first, _ in first }
    let old = Set(before.map(key))
    return before.enumerated().map { ($0, known[key($1)]) } + after.indices.filter { !old.contains(key(after[$0])) }.map { (nil, $0) }
  }

  private func change<T>(
    _ kind: OrganizationDifference.Kind, _ old: T?, _ new: T?, id: (T) -> GUID?, name: (T) -> String, _ fields: (T) -> [(String, JSONValue)]
  ) -> Change {
    let action: OrganizationDifference.Action = old == nil && new != nil ? .added : old != nil && new == nil ? .removed : .changed
    let (one, other) = (old.map(fields), new.map(fields))
    var changed: [Field] = []
    for (index, (name, value)) in (other ?? one ?? []).enumerated() {
      let field = Field(name: name, before: one?[index].1, after: other == nil ? nil : value)
      if action == .changed ? field.before != field.after : everyField || !value.isNothing { changed.append(field) }
    }
    let shown = new ?? old
    return Change(kind: kind, action: action, id: shown.flatMap(id), name: shown.map(name) ?? kind.rawValue, fields: changed)
  }

  private static func fields(of entry: OrganizationSnapshot.MemberEntry) -> [(String, JSONValue)] {
    let member = entry.member
    let permissions = Permissions.names.filter { member.permissions?.contains(name: $0) == true }
    return [
      ("email", .string(member.email)), ("name", text(member.name)), ("userId", text(member.userId?.description)),
      ("status", .string(member.status.description)), ("type", .string(member.type.description)), ("externalId", text(member.externalId)),
      ("permissions", member.type == .custom ? .array(permissions.map { .string($0) }) : .null), ("twoFactorEnabled", .bool(member.twoFactorEnabled)),
      ("resetPasswordEnrolled", .bool(member.resetPasswordEnrolled)), ("ssoExternalId", text(member.ssoExternalId)),
    ]
  }

  /// Setting by setting; one that is not there is null.
  private static func settings(_ old: JSONValue?, _ new: JSONValue?, isThere: (before: Bool, after: Bool)) -> [Field] {
    func names(_ data: JSONValue?) -> [String] { if case .object(let members) = data { members.map(\.name) } else { [] } }
    var seen: Set<String> = []
    return (names(old) + names(new)).filter { seen.insert($0).inserted }.compactMap { name in
      let (before, after) = (old?[name] ?? .null, new?[name] ?? .null)
      return before == after ? nil : Field(name: "data.\(name)", before: isThere.before ? before : nil, after: isThere.after ? after : nil)
    }
  }

  private func access(_ old: [Association]?, _ new: [Association]?, isGone: Bool) -> [OrganizationDifference.AccessChange] {
    if isGone { return [] }
    return Self.pairs(old ?? [], new ?? [], by: \.id).compactMap { places in
      let (old, new) = (places.old.flatMap { old?[$0] }, places.new.flatMap { new?[$0] })
      guard let id = (new ?? old)?.id, old?.access != new?.access, remainingCollections.contains(id) else { return nil }
      return .init(collection: Reference(id: id, name: collectionNames[id] ?? id.description), before: old?.access, after: new?.access)
    }
  }

  private func memberships(_ old: [GUID], _ new: [GUID]) -> [OrganizationDifference.Membership] {
    let (before, after) = (Set(old), Set(new))
    func changes(_ ids: [GUID], isAdded: Bool) -> [OrganizationDifference.Membership] {
      ids.map { .init(member: Reference(id: $0, name: emails[$0] ?? $0.description), isAdded: isAdded) }.sorted { $0.member.name < $1.member.name }
    }
    return changes(old.filter { !after.contains($0) && remainingMembers.contains($0) }, isAdded: false)
      + changes(new.filter { !before.contains($0) }, isAdded: true)
  }

  private static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
  private static func number(_ number: Int?) -> JSONValue { number.map { .number(String($0)) } ?? .null }
}

extension JSONValue {
  /// Whether it is what is taken where nothing is said.
  fileprivate var isNothing: Bool { self == .null || self == .bool(false) || self == .array([]) }
}
