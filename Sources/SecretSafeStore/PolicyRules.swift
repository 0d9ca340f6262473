import SecretSafeAPI

/// What must hold before a policy is saved (`api.md` 3.6.3).
struct PolicyRules {
  let snapshot: Snapshot

  /// Policies that need the single-organization policy.
  private static let dependent: [PolicyType] = [
    .requireSso, .resetPassword, .maximumVaultTimeout, .uriMatchDefaults, .automaticUserConfirmation, .organizationUserNotification,
  ]

  func check(_ type: PolicyType, enabled: Bool, data: JSONValue?) throws {
    try checkData(type, data)
    if enabled { try checkEnabling(type, data) } else if type == .singleOrg { try checkNobodyNeedsSingleOrganization() }
    if type == .sendControls { try checkDomains(data) }
  }

  private func checkEnabling(_ type: PolicyType, _ data: JSONValue?) throws {
    if Self.dependent.contains(type), try !snapshot.isEnabled(.singleOrg) {
      throw Refusal.rule("Turn on the Single organization policy because it is required for the \(type.displayName) policy.")
    }
    switch type {
    case .automaticUserConfirmation:
      if try !snapshot.membersElsewhere().isEmpty {
        throw Refusal.rule("All members must comply with the Single organization policy before the \(type.displayName) policy is turned on.")
      }
    case .blockClaimedDomainAccountCreation:
      // Domains cannot be claimed on this server.
      throw Refusal.rule("You must claim at least one domain to turn on this policy")
    case .fillAssist:
      guard case .string(let url) = data?["rulesUrl"], url.lowercased().hasPrefix("https://"), url.utf8.count > "https://".utf8.count
      else { throw Refusal.rule("RulesUrl must use HTTPS.") }
    default: break
    }
  }

  private func checkNobodyNeedsSingleOrganization() throws {
    let enabled = try Self.dependent.filter { try snapshot.isEnabled($0) }
    guard let first = enabled.first else { return }
    throw Refusal.rule(
      enabled.count > 1
        ? "Turn off all of the policies that require the Single organization policy."
        : "Turn off the \(first.displayName) policy because it requires the Single organization policy.")
  }

  private func checkDomains(_ data: JSONValue?) throws {
    guard case .string(let domains) = data?["allowedDomains"], !domains.trimmed.isEmpty else { return }
    guard data?["whoCanAccess"] == .number("2") else {
      throw Refusal.rule("Allowed domains can only be set when the required access type is set to specific people")
    }
    if domains.utf16.count > 1_000 { throw Refusal.rule("Allowed domains must be at most 1000 characters.") }
  }

  // MARK: data

  private enum Kind {
    case flag, text
    case number(ClosedRange<Int>)
  }

  private static let members: [PolicyType: [(String, Kind)]] = [
    .masterPassword: [
      ("minComplexity", .number(0...4)), ("minLength", .number(12...128)), ("requireLower", .flag), ("requireUpper", .flag),
      ("requireNumbers", .flag), ("requireSpecial", .flag), ("enforceOnLogin", .flag),
    ],
    .sendOptions: [("disableHideEmail", .flag)],
    .resetPassword: [("autoEnrollEnabled", .flag)],
    .fillAssist: [("rulesUrl", .text)],
  ]

  /// Wrong types first, then what is out of range.
  private func checkData(_ type: PolicyType, _ data: JSONValue?) throws {
    guard let data, let members = Self.members[type] else { return }
    for (name, kind) in members {
      guard let value = data[name], value != .null, !Self.fits(value, kind) else { continue }
      throw Refusal.rule("Invalid data for \(type.wireName) policy: \(name) has an invalid value.")
    }
    for case (let name, .number(let range)) in members {
      guard case .number(let digits) = data[name], let number = Int(digits), !range.contains(number) else { continue }
      throw Refusal.rule("Invalid data for \(type.wireName) policy: \(name) must be between \(range.lowerBound) and \(range.upperBound).")
    }
  }

  private static func fits(_ value: JSONValue, _ kind: Kind) -> Bool {
    switch (value, kind) {
    case (.bool, .flag), (.string, .text): true
    case (.number(let digits), .number): Int(digits) != nil
    default: false
    }
  }
}
