import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/groups` (`api.md` 3.4)
enum GroupsController {
  static let actions: [Endpoint: Action] = [
    .groupsList: .reads { call in try call.list { try $0.groups(after: $1, limit: $2) } },
    .groupsPost: .changes { call in
      let body = try await call.body(GroupBody.init)
      return .json(try await call.change { try $0.createGroup(body) })
    },
    .groupsGet: .reads { call in
      let id = try call.id
      guard let group = try call.read({ try $0.group(id) }) else { throw Failure.notFound }
      return .json(group)
    },
    .groupsPut: .changes { call in
      let body = try await call.body(GroupBody.init)
      let id = try call.id
      return .json(try await call.change { try $0.updateGroup(id, body) })
    },
    .groupsDelete: .changes { call in
      let id = try call.id
      try await call.change { try $0.deleteGroup(id) }
      return .empty()
    },
    .groupsGetMemberIds: .reads { call in
      let id = try call.id
      guard let ids = try call.read({ try $0.memberIDs(ofGroup: id) }) else { throw Failure.notFound }
      return .json(ids)
    },
    .groupsPutMemberIds: .changes { call in
      let body = try await call.body { IdentifiersBody($0, named: "memberIds", &$1) }
      let id = try call.id
      try await call.change { try $0.setMemberIDs(body.ids, ofGroup: id) }
      return .empty()
    },
  ]
}
