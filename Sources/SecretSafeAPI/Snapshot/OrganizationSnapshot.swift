/// What the API shows of an organization at one moment, as a file keeps it (docs/snapshots.md).
///
/// References are by id, and each stands in one place: memberships and a group's access in the group, a member's own access in the member.
public struct OrganizationSnapshot: Hashable, Sendable {
  /// The only version of the format so far.
  public static let version = 1

  public struct MemberEntry: Hashable, Sendable {
    public var member: Member
    /// The status that a revoked member had before. No API shows it, so only a file that is written by hand has it.
    public var statusBefore: MemberStatus?

    public init(_ member: Member, statusBefore: MemberStatus? = nil) {
      self.member = member
      self.statusBefore = statusBefore
    }

    /// The status that restoring gives, nil for who is not revoked. Unless the file says it: somebody with an account was confirmed,
    /// somebody without one was invited.
    public var statusBeforeRevoked: MemberStatus? {
      guard member.status == .revoked else { return nil }
      return statusBefore ?? (member.userId == nil ? .invited : .confirmed)
    }
  }

  public struct GroupEntry: Hashable, Sendable {
    public var group: Group
    public var members: [GUID]

    public init(_ group: Group, members: [GUID]) {
      self.group = group
      self.members = members
    }
  }

  /// Oldest first, as all lists.
  public var members: [MemberEntry]
  public var groups: [GroupEntry]
  /// Their `groups` are empty: a group has its access.
  public var collections: [SharedCollection]
  public var policies: [Policy]
  /// Nil where seats are not counted.
  public var subscription: Subscription?

  public init(
    members: [MemberEntry] = [], groups: [GroupEntry] = [], collections: [SharedCollection] = [], policies: [Policy] = [],
    subscription: Subscription? = nil
  ) {
    self.members = members
    self.groups = groups
    self.collections = collections
    self.policies = policies
    self.subscription = subscription
  }
}

extension OrganizationSnapshot {
  /// The file's bytes: one object a line, so that two snapshots can be compared line by line.
  public var json: [UInt8] {
    var text = "{\n  \"snapshot\": \(Self.version),\n"
    func list<T>(_ name: String, _ elements: [T], _ write: (inout JSONWriter, T) -> Void) {
      let lines = elements.map { element in
        var writer = JSONWriter()
        writer.object { write(&$0, element) }
        return "    " + String(decoding: writer.bytes, as: UTF8.self)
      }
      text += "  \"\(name)\": [" + (lines.isEmpty ? "" : "\n" + lines.joined(separator: ",\n") + "\n  ") + "],\n"
    }
    list("members", members) { $0.fields(of: $1) }
    list("groups", groups) { writer, entry in
      writer.member("id", entry.group.id)
      writer.member("name", entry.group.name)
      writer.member("externalId", entry.group.externalId)
      writer.access(entry.group.collections)
      writer.member("members", entry.members.sorted())
    }
    list("collections", collections) { writer, collection in
      writer.member("id", collection.id)
      writer.member("externalId", collection.externalId)
    }
    list("policies", policies) { writer, policy in
      writer.member("id", policy.id)
      writer.member("type", policy.type.description)
      writer.member("enabled", policy.enabled)
      writer.member("data", policy.data)
    }
    let subscription = subscription.map { String(decoding: $0.json, as: UTF8.self) } ?? "null"
    return Array((text + "  \"subscription\": \(subscription)\n}\n").utf8)
  }
}

extension JSONWriter {
  fileprivate mutating func fields(of entry: OrganizationSnapshot.MemberEntry) {
    let member = entry.member
    self.member("id", member.id)
    self.member("userId", member.userId)
    self.member("name", member.name)
    self.member("email", member.email)
    self.member("twoFactorEnabled", member.twoFactorEnabled)
    self.member("status", member.status.description)
    if let before = entry.statusBefore { self.member("statusBefore", before.description) }
    self.member("type", member.type.description)
    self.member("externalId", member.externalId)
    if member.type == .custom {
      key("permissions")
      array(Permissions.names.filter { member.permissions?.contains(name: $0) == true }) { $0.string($1) }
    }
    access(member.collections)
    self.member("resetPasswordEnrolled", member.resetPasswordEnrolled)
    self.member("ssoExternalId", member.ssoExternalId)
  }

  fileprivate mutating func access(_ associations: [Association]?) {
    key("collections")
    array((associations ?? []).sorted { $0.id < $1.id }) { writer, association in
      writer.object {
        $0.member("id", association.id)
        $0.member("access", "\(association.access)")
      }
    }
  }
}
