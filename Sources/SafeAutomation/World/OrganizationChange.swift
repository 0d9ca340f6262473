internal import SecretSafeAPI

/// What a run keeps a list of.
enum Resource: String, Sendable, CaseIterable, Codable {
  case member = "Member"
  case group = "Group"
  case collection = "Collection"
  case policy = "Policy"
  case subscription = "Subscription"
}

/// Something that makes what a run knows of the organization other than it was: something that was read, or an own write. What a run
/// knows is these, one after another; so it can be had again from a journal of them.
enum OrganizationChange: Sendable {
  // MARK: read

  case members([Member])
  case groups([Group])
  case collections([SharedCollection])
  case policies([Policy])
  case subscription(Subscription)
  /// The groups of these members.
  case groupsOf([GUID: [GUID]])
  /// The members of these groups.
  case membersOf([GUID: [GUID]])

  // MARK: written, or read alone

  case member(Member)
  case group(Group)
  case collection(SharedCollection)
  case policy(Policy)
  case removed(Resource, GUID)
  case status(GUID, MemberStatus)
  /// The groups that a member is in from now on. `overRead` is said of a write that a read of memberships overtook: what was known of the
  /// member may be from before.
  case memberships(GUID, [GUID], overRead: Bool)

  /// A member came into a group, whatever else is known of either.
  case joined(GUID, GUID)

  // MARK: no longer known

  /// Lists that are no longer what the server has; who reads one right now still has it.
  case stale([Resource])
  /// All memberships.
  case membershipsForgotten

  /// What reads see it.
  var resources: [Resource] {
    switch self {
    case .members, .member, .status: [.member]
    // Both sides hold the access between groups and collections.
    case .groups, .group, .collection: [.group, .collection]
    case .collections: [.collection]
    case .policies, .policy: [.policy]
    case .subscription: [.subscription]
    case .removed(let resource, _): resource == .group ? [.group, .collection] : [resource]
    case .groupsOf, .membersOf, .memberships, .joined, .membershipsForgotten: []
    case .stale(let resources): resources
    }
  }

  /// Whether the relation between members and groups is other afterwards.
  var touchesMemberships: Bool {
    switch self {
    case .members, .groups, .groupsOf, .membersOf, .memberships, .joined, .membershipsForgotten: true
    case .removed(let resource, _): resource == .member || resource == .group
    case .stale(let resources): resources.contains(.member) || resources.contains(.group)
    default: false
    }
  }
}
