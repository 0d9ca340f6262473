import HTTPTypes
import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/members`
enum MemberPages {
  static let routes: [WebRoute] = [
    .get("/members", list),
    .get("/members/invite") { invitation($0) },
    .post("/members/invite", invite),
    .get("/members/{id}", member),
    .post("/members/{id}/confirm") { try await change($0, .confirmed) { try $0.confirm($1) } },
    .post("/members/{id}/reinvite") { try await change($0, .reinvited) { try $0.reinvite($1) } },
    .post("/members/{id}/revoke") { try await change($0, .revoked) { try $0.revoke($1) } },
    .post("/members/{id}/restore") { try await change($0, .restored) { try $0.restore($1) } },
    .post("/members/{id}/remove") { visit in
      guard visit.form["sure"] != nil else { throw WebFailure.refused("To remove a member for good, tick the box beside the button.") }
      let id = try visit.id
      try await visit.change { try $0.removeMember(id) }
      return .page(movedTo: "/members", telling: .removed)
    },
  ]

  private static func change(
    _ visit: OwnerVisit, _ notice: Notice, _ body: @escaping @Sendable (Change, GUID) throws -> Void
  ) async throws -> Response {
    let id = try visit.id
    try await visit.change { try body($0, id) }
    return .page(movedTo: "/members/\(id)", telling: notice)
  }

  // MARK: the list

  private struct Row: Sendable {
    let id: String
    let email: String
    let memberName: String?
    let type: String
    let status: String
    let statusClass: String
    let externalId: String?
    let isAccepted: Bool

    init(_ member: Member) {
      id = member.id.description
      email = member.email
      memberName = member.name
      type = member.type.description
      status = member.status.description
      statusClass = member.status.markClass
      externalId = member.externalId
      isAccepted = member.status == .accepted
    }
  }

  private struct Tab: Sendable {
    let path: String
    let label: String
    let count: Int
    let isCurrent: Bool
  }

  private struct ListContent: Sendable {
    let status: String?
    let search: String
    let tabs: [Tab]
    let members: [Row]
    let hasMembers: Bool
    let first: String?
    let next: String?
  }

  private static func list(_ visit: OwnerVisit) throws -> Response {
    let status = visit.query["status"].flatMap { MemberStatus(name: $0) }
    let search = visit.query["search"]?.given
    let row = visit.query["after"].flatMap { Int64($0) } ?? 0
    let (page, counts) = try visit.read {
      (try $0.members(MemberFilter(status: status, text: search), after: row, limit: WebSafe.pageSize), try $0.memberCounts())
    }
    let all = Tab(path: path("/members", ["search": search]), label: "all", count: counts.values.reduce(0, +), isCurrent: status == nil)
    let tabs = [MemberStatus.invited, .accepted, .confirmed, .revoked, .staged].map { other in
      Tab(
        path: path("/members", ["status": other.description, "search": search]), label: other.description, count: counts[other] ?? 0,
        isCurrent: status == other)
    }
    return visit.page(
      "members", "Members",
      ListContent(
        status: status?.description, search: search ?? "", tabs: [all] + tabs, members: page.members.map(Row.init), hasMembers: !page.members.isEmpty,
        first: row > 0 ? path("/members", ["status": status?.description, "search": search]) : nil,
        next: page.next.map { path("/members", ["status": status?.description, "search": search, "after": String($0)]) }))
  }

  // MARK: one member

  private struct MemberContent: Sendable {
    let member: Row
    let twoFactor: String
    let groups: [String]
    let collections: [String]
    let eventsPath: String
    let isInvited: Bool
    let isRevoked: Bool
  }

  private static func member(_ visit: OwnerVisit) throws -> Response {
    let id = try visit.id
    let content = try visit.read { snapshot -> MemberContent? in
      guard let member = try snapshot.member(id) else { return nil }
      let groups = try (snapshot.groupIDs(ofMember: id) ?? []).compactMap { try snapshot.group($0)?.name }
      let collections = try (member.collections ?? []).map { association in
        "\(try snapshot.collection(association.id)?.externalId ?? association.id.description) (\(association.access.text))"
      }
      return MemberContent(
        member: Row(member), twoFactor: member.twoFactorEnabled ? "on" : "off", groups: groups.sorted(), collections: collections.sorted(),
        eventsPath: path("/events", ["who": member.email]), isInvited: member.status == .invited, isRevoked: member.status == .revoked)
    }
    guard let content else { throw WebFailure.notFound }
    return visit.page("member", content.member.email, content)
  }

  // MARK: invitations

  private struct Choice: Sendable {
    let value: String
    let label: String
    let isChosen: Bool
  }

  private struct InviteContent: Sendable {
    let email: String
    let externalId: String
    let types: [Choice]
  }

  /// Custom members are the API's: their permissions are many.
  private static let types: [MemberType] = [.user, .admin, .owner]

  private static func invitation(_ visit: OwnerVisit, problem: String? = nil) -> Response {
    let types = types.map { Choice(value: $0.description, label: $0.description, isChosen: $0.description == visit.form["type"]) }
    return visit.page(
      "invite", "Invite a person",
      InviteContent(email: visit.form["email"] ?? "", externalId: visit.form["externalId"] ?? "", types: types), problem: problem,
      status: problem == nil ? .ok : .badRequest)
  }

  private static func invite(_ visit: OwnerVisit) async throws -> Response {
    let email = (visit.form["email"] ?? "").trimmingSpace
    let externalId = visit.form["externalId"]?.given
    guard EmailAddress.isAcceptable(email) else { return invitation(visit, problem: "That is no e-mail address that can be invited.") }
    guard ExternalID.isAcceptable(externalId) else { return invitation(visit, problem: "An external id has at most \(ExternalID.limit) characters.") }
    let type = types.first { $0.description == visit.form["type"] } ?? .user
    do {
      let member = try await visit.change { try $0.invite(InviteBody(email: email, type: type, externalId: externalId)) }
      return .page(movedTo: "/members/\(member.id)", telling: .invited)
    } catch Refusal.rule(let text) {
      return invitation(visit, problem: text)
    }
  }
}

extension Access {
  fileprivate var text: String { Self.named.first { $0.number == rawValue }?.name ?? String(rawValue) }
}
