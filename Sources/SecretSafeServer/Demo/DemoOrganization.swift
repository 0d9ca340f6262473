import SecretSafeAPI
import SecretSafeStore

/// Acme, the organization of the sandbox: the same people with the same ids on every machine.
enum DemoOrganization {
  static func create(in store: Store) async throws -> OrganizationID {
    let organization = try await store.createOrganization(id(.organization, 0), name: "Acme")
    try await store.change(organization) { change in
      for collection in collections { try change.load(collection) }
      for group in groups { try change.load(group) }
      let members = members
      for row in members { try change.load(row.member, statusBefore: row.statusBefore, groups: row.groups) }
      try change.setSubscription(subscription)
      for event in DemoHistory.events(members.map(\.member), until: .now()) { try change.load(event) }
      for (number, policy) in policies.enumerated() { try change.load(Policy(id: id(.policy, number), type: policy.0, enabled: policy.1, data: policy.2)) }
    }
    return organization
  }

  /// Seats grow by themselves, without a ceiling.
  private static let subscription = Subscription(
    passwordManager: .init(seats: 100, storage: 5), secretsManager: .init(seats: 10, serviceAccounts: 50))

  private static let policies: [(PolicyType, Bool, JSONValue?)] = [
    (.masterPassword, true, ["minComplexity": 3, "minLength": 14, "requireUpper": true, "enforceOnLogin": false]),
    (.passwordGenerator, false, ["overridePasswordType": "passphrase", "minNumberWords": 5]),
    (.singleOrg, true, nil),
    (.maximumVaultTimeout, true, ["type": "custom", "minutes": 60, "action": "lock"]),
  ]

  static var collections: [SharedCollection] {
    rows(DemoTable.collections).enumerated().map { SharedCollection(id: id(.collection, $0), externalId: $1[0]) }
  }

  static var groups: [Group] {
    rows(DemoTable.groups).enumerated().map { number, cells in
      Group(
        id: id(.group, number), name: cells[0], externalId: optional(cells[1]), collections: associations(cells[2]))
    }
  }

  static var members: [(member: Member, statusBefore: MemberStatus?, groups: [GUID])] {
    let groupIDs = Dictionary(groups.map { ($0.name, $0.id) }) { first, _ in first }
    return rows(DemoTable.members).enumerated().map { number, cells in
      let status = split(cells[2], "<").compactMap { MemberStatus(name: $0) }
      let type = split(cells[3], ":")
      let traits = split(cells[4], " ")
      // Who has not accepted has no account yet.
      let hasAccount = status.last != .invited && status.last != .staged
      let member = Member(
        id: id(.member, number),
        userId: hasAccount ? id(.user, number) : nil,
        name: optional(cells[1]),
        email: cells[0].contains("@") ? cells[0] : cells[0] + "@acme.com",
        twoFactorEnabled: traits.contains("2fa"),
        status: status.first ?? .confirmed,
        type: MemberType(name: type[0]) ?? .user,
        externalId: optional(cells[6]),
        permissions: type.count > 1 ? Permissions(names: split(type[1], " ")) : nil,
        collections: associations(cells[7]),
        resetPasswordEnrolled: traits.contains("recovery"),
        ssoExternalId: traits.contains("sso") ? "acme|" + cells[0] : nil)
      return (member, status.count > 1 ? status[1] : nil, split(cells[5], ",").compactMap { groupIDs[$0] })
    }
  }

  private static func associations(_ cell: String) -> [Association] {
    let ids = Dictionary(collections.map { ($0.externalId, $0.id) }) { first, _ in first }
    return split(cell, ",").compactMap { text in
      let words = split(text, " ")
      guard words.count == 2, let id = ids[words[0]],
        let access = Access.named.first(where: { $0.name == words[1] }).flatMap({ Access(rawValue: $0.number) })
      else { return nil }
      return Association(id: id, access: access)
    }
  }

  // MARK: Reading the table

  private static func rows(_ table: String) -> [[String]] {
    split(table, "\n").map { split($0, "|") }
  }

  private static func optional(_ cell: String) -> String? { cell == "-" ? nil : cell }

  private static func split(_ text: String, _ separator: Character) -> [String] {
    text.split(separator: separator).map { part in
      let start = part.drop { $0 == " " }
      return String(start.prefix(start.count - start.reversed().prefix { $0 == " " }.count))
    }
  }

  // MARK: Identifiers

  private enum Kind: UInt64 {
    case organization, collection, group, member, user, policy
  }

  /// Depends on kind and line only, so that a new line at the end changes no other's.
  private static func id(_ kind: Kind, _ number: Int) -> GUID {
    var generator = SplitMix(state: kind.rawValue << 32 | UInt64(number))
    return GUID.random(using: &generator)
  }
}
