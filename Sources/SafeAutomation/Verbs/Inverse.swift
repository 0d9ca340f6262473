internal import SafeLanguage
internal import SecretSafeAPI

/// What takes a change back, as far as it can be: written down with the change, while what was there before is known.
enum Inverse: Sendable {
  /// What a call made goes; people are told its name.
  case remove(Resource, GUID, name: String)
  /// Fields that are other in the second are set as in the first.
  case member(from: Member, to: Member)
  case group(from: SecretSafeAPI.Group, to: SecretSafeAPI.Group)
  case collection(from: SharedCollection, to: SharedCollection)
  case memberships(GUID, add: [GUID], drop: [GUID])
  case revoke(GUID)
  case restore(GUID)
  /// Whom enabling a policy revoked: they can be restored once it is as it was.
  case revoked(by: PolicyType, [GUID])
  /// Who was active before a policy was enabled that revokes people: what is known of it where its answer was lost.
  case mayRevoke(PolicyType, [GUID])
  /// As it was saved before; nil for one that never was, which can only be disabled.
  case policy(PolicyType, Policy?, newData: JSONValue?)
  /// Who was removed can only be invited anew, with a new id and a mail.
  case invite(Member, groups: [GUID])
  /// A group that was deleted is made anew, with a new id.
  case create(SecretSafeAPI.Group, members: [GUID])
  /// A collection was deleted, and nothing makes one. People are told its name.
  case collectionGone(GUID, name: String)
  /// There is no way back, for this reason.
  case lost(String)
  /// How people call a member whom others of these are about: who is gone later has no name any more.
  case named(GUID, String)
}

extension Inverse: JSONWritable {
  func write(to writer: inout JSONWriter) {
    func model(_ name: String, _ model: some JSONWritable, _ writer: inout JSONWriter) {
      writer.key(name)
      model.write(to: &writer)
    }
    writer.object { object in
      switch self {
      case .remove(let resource, let id, let name):
        object.member("remove", resource.rawValue)
        object.member("id", id)
        object.member("name", name)
      case .member(let from, let to):
        model("member", from, &object)
        model("newMember", to, &object)
      case .group(let from, let to):
        model("group", from, &object)
        model("newGroup", to, &object)
      case .collection(let from, let to):
        model("collection", from, &object)
        model("newCollection", to, &object)
      case .memberships(let id, let add, let drop):
        object.member("id", id)
        object.member("add", add)
        object.member("drop", drop)
      case .revoke(let id): object.member("revoke", id)
      case .restore(let id): object.member("restore", id)
      case .revoked(let type, let ids):
        object.member("policyType", type.rawValue)
        object.member("revoked", ids)
      case .mayRevoke(let type, let ids):
        object.member("policyType", type.rawValue)
        object.member("mayRevoke", ids)
      case .policy(let type, let policy, let newData):
        object.member("policyType", type.rawValue)
        if let policy { model("policy", policy, &object) }
        object.member("newData", newData)
      case .invite(let member, let groups):
        model("invite", member, &object)
        object.member("ids", groups)
      case .create(let group, let members):
        model("create", group, &object)
        object.member("ids", members)
      case .collectionGone(let id, let name):
        object.member("collectionGone", id)
        object.member("name", name)
      case .lost(let reason): object.member("lost", reason)
      case .named(let id, let name):
        object.member("named", id)
        object.member("name", name)
      }
    }
  }

  /// All that may be in one.
  struct Form: Decodable {
    var remove: Resource?
    var id: GUID?
    var name: String?
    var member: Member?
    var newMember: Member?
    var group: SecretSafeAPI.Group?
    var newGroup: SecretSafeAPI.Group?
    var collection: SharedCollection?
    var newCollection: SharedCollection?
    var add: [GUID]?
    var drop: [GUID]?
    var revoke: GUID?
    var restore: GUID?
    var revoked: [GUID]?
    var mayRevoke: [GUID]?
    var policyType: Int?
    var policy: Policy?
    var newData: JSONValue?
    var invite: Member?
    var create: SecretSafeAPI.Group?
    var ids: [GUID]?
    var collectionGone: GUID?
    var lost: String?
    var named: GUID?

    var inverse: Inverse? {
      if let remove, let id, let name { return .remove(remove, id, name: name) }
      if let member, let newMember { return .member(from: member, to: newMember) }
      if let group, let newGroup { return .group(from: group, to: newGroup) }
      if let collection, let newCollection { return .collection(from: collection, to: newCollection) }
      if let id, let add, let drop { return .memberships(id, add: add, drop: drop) }
      if let revoke { return .revoke(revoke) }
      if let restore { return .restore(restore) }
      if let policyType, let revoked { return .revoked(by: PolicyType(rawValue: policyType), revoked) }
      if let policyType, let mayRevoke { return .mayRevoke(PolicyType(rawValue: policyType), mayRevoke) }
      if let policyType { return .policy(PolicyType(rawValue: policyType), policy, newData: newData) }
      if let invite { return .invite(invite, groups: ids ?? []) }
      if let create { return .create(create, members: ids ?? []) }
      if let named, let name { return .named(named, name) }
      if let collectionGone, let name { return .collectionGone(collectionGone, name: name) }
      return lost.map { .lost($0) }
    }
  }
}

extension Member {
  /// As it is when the body was carried out.
  func applying(_ body: MemberBody) -> Member {
    var member = self
    (member.type, member.externalId, member.permissions) = (body.type, body.externalId, body.permissions)
    member.collections = body.collections ?? member.collections
    return member
  }
}

extension SecretSafeAPI.Group {
  /// As it is when the body was carried out.
  func applying(_ body: GroupBody) -> SecretSafeAPI.Group {
    var group = self
    (group.name, group.externalId) = (body.name, body.externalId)
    group.collections = body.collections ?? group.collections
    return group
  }
}

extension SharedCollection {
  /// As it is when the body was carried out.
  func applying(_ body: CollectionBody) -> SharedCollection {
    var collection = self
    collection.externalId = body.externalId
    collection.groups = body.groups ?? collection.groups
    return collection
  }
}
