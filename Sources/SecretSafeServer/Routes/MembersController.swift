import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/members` (`api.md` 3.2)
enum MembersController {
  static let actions: [Endpoint: Action] = [
    .membersList: .reads { call in try call.list { try $0.members(after: $1, limit: $2) } },
    .membersPost: .changes { call in
      let body = try await call.body(InviteBody.init)
      return .json(try await call.change { try $0.invite(body) })
    },
    .membersGet: .reads { call in
      let id = try call.id
      guard let member = try call.read({ try $0.member(id) }) else { throw Failure.notFound }
      return .json(member)
    },
    .membersPut: .changes { call in
      let body = try await call.body(MemberBody.init)
      let id = try call.id
      return .json(try await call.change { try $0.updateMember(id, body) })
    },
    .membersDelete: .changes { call in
      let id = try call.id
      try await call.change { try $0.removeMember(id) }
      return .empty()
    },
    .membersGetGroupIds: .reads { call in
      let id = try call.id
      guard let ids = try call.read({ try $0.groupIDs(ofMember: id) }) else { throw Failure.notFound }
      return .json(ids)
    },
    .membersPutGroupIds: .changes { call in
      let body = try await call.body { IdentifiersBody($0, named: "groupIds", &$1) }
      let id = try call.id
      try await call.change { try $0.setGroupIDs(body.ids, ofMember: id) }
      return .empty()
    },
    .membersReinvite: .changes { call in
      let id = try call.id
      try await call.change { try $0.reinvite(id) }
      return .empty()
    },
    .membersRevoke: .changes { call in
      let id = try call.id
      try await call.change { try $0.revoke(id) }
      return .empty()
    },
    .membersRestore: .changes { call in
      let id = try call.id
      try await call.change { try $0.restore(id) }
      return .empty()
    },
  ]
}
