internal import SecretSafeAPI
internal import SecretSafeClient

extension Plan {
  /// What no later run can take back, as `188 invitations are mailed`.
  public var irreversible: [String] {
    // An import mails those whom it invites, too.
    let invited = difference.changes(of: .member, .added).count { $0.field("status")?.after == .string("invited") }
    let mails = [(max(invited, done(.membersPost)), "invitation"), (done(.membersReinvite), "repeated invitation")]
    let ends = [(OrganizationDifference.Kind.member, "member"), (.group, "group"), (.collection, "collection")].map { kind, noun in
      (difference.changes(of: kind, .removed).count, noun)
    }
    return mails.filter { $0.0 > 0 }.map { "\(Self.counted($0.0, $0.1)) \($0.0 == 1 ? "is" : "are") mailed" }
      + ends.filter { $0.0 > 0 }.map { "\(Self.counted($0.0, $0.1)) \($0.0 == 1 ? "is" : "are") removed" }
  }

  /// What a person should look at twice.
  public var warnings: [String] { owners + seats + policies + share + unknown }

  static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

  // MARK: what there is to warn of

  private var owners: [String] {
    func owners(_ snapshot: OrganizationSnapshot) -> [Member] {
      snapshot.members.map(\.member).filter { $0.type == .owner && $0.status == .confirmed }
    }
    let remaining = owners(after)
    let kept = Set(remaining.map(\.id))
    let lost = owners(before).filter { !kept.contains($0.id) }.map(\.email)
    if lost.isEmpty { return [] }
    let rest = remaining.count == 1 ? "only one confirmed owner is left: \(remaining[0].email)" : "\(remaining.count) confirmed owners are left"
    return ["\(lost.joined(separator: ", ")) \(lost.count == 1 ? "is" : "are") no longer a confirmed owner; \(rest)"]
  }

  /// From so many of 100 seats on.
  private static let nearlyFull = 95

  private var seats: [String] {
    func taken(_ snapshot: OrganizationSnapshot) -> Int { snapshot.members.count { $0.member.status.takesSeat } }
    let (old, new) = (taken(before), taken(after))
    guard new > old else { return [] }
    guard let seats = before.subscription?.passwordManager?.seats else {
      return ["the server does not tell the number of seats, so nobody knows whether \(new - old) more are there"]
    }
    if new > seats { return ["\(new) of \(seats) seats are taken then: more are added, which costs money"] }
    return new * 100 >= seats * Self.nearlyFull ? ["\(new) of \(seats) seats are taken then"] : []
  }

  /// What the server does by itself for what the script does, in words, and what stays whatever is taken back; nil for nothing.
  var lasting: String? {
    // Who sets the seats has what was there noted with the call.
    guard let seats = before.subscription?.passwordManager?.seats, done(.organizationPutSubscription) == 0 else { return nil }
    let more = after.members.count { $0.member.status.takesSeat } - seats
    return more > 0 ? "\(Self.counted(more, "seat")) that the server adds for those who come" : nil
  }

  private var policies: [String] {
    let revoking: [PolicyType] = [.twoFactorAuthentication, .singleOrg]
    let revoked = difference.changes.count { $0.isRevocation } - done(.membersRevoke)
    return difference.changes(of: .policy).compactMap { change in
      guard let type = PolicyType(name: change.name), revoking.contains(type), change.field("enabled")?.after == true else { return nil }
      let known = type == .singleOrg ? "; who is in other organizations, too, is not known here" : ""
      return "\(type) puts out who does not comply: \(Self.counted(max(0, revoked), "member")) revoked" + known
    }
  }

  /// Of those who are there already.
  private var share: [String] {
    var touched = Set(difference.changes(of: .member, .changed).compactMap(\.id) + difference.changes(of: .member, .removed).compactMap(\.id))
    for change in difference.changes(of: .group) { touched.formUnion(change.members.map(\.member.id)) }
    let there = Set(before.members.map(\.member.id))
    touched.formIntersection(there)
    guard !there.isEmpty, touched.count * 10 > there.count else { return [] }
    return ["\(touched.count) of \(there.count) members are touched, more than one in ten"]
  }

  /// What the API does not show, where it made a difference.
  private var unknown: [String] {
    var warnings: [String] = []
    let restored = difference.changes.count { $0.isRestoration }
    if restored > 0 {
      warnings.append("\(Self.counted(restored, "member")) restored: the status from before is not known, and taken to be confirmed with an account, else invited")
    }
    if before.groups.isEmpty, !difference.changes(of: .group, .added).isEmpty {
      warnings.append("there is no group yet: whether the organization's plan includes groups is not known here")
    }
    return warnings
  }
}
