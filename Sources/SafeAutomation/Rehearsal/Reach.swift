internal import SafeLanguage
internal import SecretSafeClient

/// The parts of the organization that a checked script can come to: what it reads, and what its verbs look at. Memberships are no part of it, since
/// they are read one by one.
struct Reach {
  let parts: Set<SnapshotPart>

  init(_ program: CheckedProgram) {
    let estimate = program.estimate
    var parts = Set(estimate.reads.compactMap { Self.lists[$0.name] })
    for write in estimate.writes where !write.calls.terms.isEmpty || write.calls.isTruncated {
      guard let entry = Self.verbs[write.capability] else { continue }
      parts.formUnion(entry.always)
      parts.formUnion(write.arguments.compactMap { entry.arguments[$0] })
      if write.destroys { parts.formUnion(entry.destroying) }
    }
    self.parts = parts
  }

  private static let lists: [String: SnapshotPart] = [
    "members": .members, "groups": .groups, "collections": .collections, "policies": .policies, "subscription": .subscription,
  ]

  /// What the calls of a capability look at, always, for an argument, and where they destroy.
  private struct Entry {
    var always: Set<SnapshotPart>
    var arguments: [String: SnapshotPart] = [:]
    var destroying: Set<SnapshotPart> = []

    init(_ always: SnapshotPart..., arguments: [String: SnapshotPart] = [:], destroying: Set<SnapshotPart> = []) {
      (self.always, self.arguments, self.destroying) = (Set(always), arguments, destroying)
    }
  }

  private static let access: [String: SnapshotPart] = ["groups": .groups, "collections": .collections]

  private static let verbs: [String: Entry] = [
    // Who comes or comes back takes a seat.
    "members.invite": Entry(.members, .subscription, arguments: access), "members.update": Entry(.members, arguments: access),
    "members.reinvite": Entry(.members), "members.revoke": Entry(.members),
    // Some policies are against it.
    "members.restore": Entry(.members, .subscription, .policies), "members.remove": Entry(.members),
    "groups.create": Entry(.groups, arguments: access), "groups.update": Entry(.groups, arguments: access), "groups.remove": Entry(.groups),
    "groups.addMember": Entry(.members, .groups), "groups.dropMember": Entry(.members, .groups),
    "collections.update": Entry(.collections, arguments: access), "collections.grant": Entry(.collections), "collections.ungrant": Entry(.collections),
    "collections.remove": Entry(.collections),
    // Some put members out.
    "policies.update": Entry(.policies, destroying: [.members]), "subscription.update": Entry(.subscription, .members),
    "organization.import": Entry(.members, .groups, .subscription),
  ]

  /// The capabilities of the table, which a test holds against the verbs.
  static var capabilities: Set<String> { Set(verbs.keys) }
}
