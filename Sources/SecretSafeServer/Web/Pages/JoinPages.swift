import Hummingbird
import SecretSafeStore

/// `/join/…`: where an invited person accepts
enum JoinPages {
  /// Characters of a name.
  static let nameLimit = 100

  static let routes: [WebRoute] = [
    WebRoute(
      method: .get, path: "/join/{link}",
      action: .open { visit in
        let (_, invitation) = try find(visit)
        return form(visit, invitation)
      }),
    WebRoute(method: .post, path: "/join/{link}", action: .open(accept)),
  ]

  private struct Content: Sendable {
    let organization: String
    let email: String
    var given = ""
  }

  private static func find(_ visit: Visit) throws -> (InvitationLink, Invitation) {
    guard let link = visit.context.parameters.get("link").flatMap({ InvitationLink($0) }) else { throw WebFailure.invitationUnknown }
    do { return (link, try visit.web.store.invitation(link)) } catch let failure as InvitationFailure { throw failure.page }
  }

  private static func form(_ visit: Visit, _ invitation: Invitation, given: String = "", problem: String? = nil) -> Response {
    visit.page(
      "join", "Join \(invitation.organizationName)", place: invitation.organizationName,
      Content(organization: invitation.organizationName, email: invitation.email, given: given), problem: problem, status: problem == nil ? .ok : .badRequest)
  }

  private static func accept(_ visit: Visit) async throws -> Response {
    let (link, invitation) = try find(visit)
    guard let name = visit.form["name"]?.given else { return form(visit, invitation, problem: "Give your name.") }
    guard name.unicodeScalars.count <= nameLimit else {
      return form(visit, invitation, given: name, problem: "A name has at most \(nameLimit) characters.")
    }
    do { try await visit.web.store.acceptInvitation(link, name: name) } catch let failure as InvitationFailure { throw failure.page }
    return visit.page(
      "joined", "You have accepted", place: invitation.organizationName, Content(organization: invitation.organizationName, email: invitation.email))
  }
}

extension InvitationFailure {
  fileprivate var page: WebFailure {
    switch self {
    case .unknown: .invitationUnknown
    case .over: .invitationOver
    }
  }
}
