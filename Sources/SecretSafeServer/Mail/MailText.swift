import SecretSafeAPI
import SecretSafeStore

// What mails say.

extension Mail {
  var subject: String {
    switch kind {
    case .invitation: "Invitation to \(organizationName)"
    case .suspension: "Your membership in \(organizationName) is suspended"
    case .seats: "Seats were added to \(organizationName)"
    }
  }

  /// Nil for an invitation that cannot be accepted any more.
  func body(_ address: PublicAddress) -> String? {
    let greeting = name.map { "Hello \($0)," } ?? "Hello,"
    let text: String
    switch kind {
    case .invitation:
      guard let link else { return nil }
      text = """
        you are invited to join \(organizationName). Open this link to accept:

        \(address.invitationURL(link))

        An administrator confirms you after that. If you do not know what this is about, do nothing.
        """
    case .suspension:
      text = """
        your membership in \(organizationName) was suspended, because it is not compliant with the policy “\(detail ?? "")”.
        Ask your administrator what to do.
        """
    case .seats:
      text = "the number of seats of \(organizationName) was raised to \(detail ?? "more") for new members."
    }
    return greeting + "\n\n" + text + "\n"
  }
}

extension PublicAddress {
  func invitationURL(_ link: InvitationLink) -> String { (url ?? "") + "/join/\(link)" }
}
