/// An enumeration of the API: numbers on the wire, names for people. A number without a name is kept (`api.md` 2.1, 4).
public protocol OpenEnumeration: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible
where RawValue == Int {
  init(rawValue: Int)
  /// Every number that has a name, in the order of the contract; names in lower camel case.
  static var named: [(name: String, number: Int)] { get }
}

extension OpenEnumeration {
  /// The case of that name.
  public init?(name: String) {
    guard let found = Self.named.first(where: { $0.name == name }) else { return nil }
    self.init(rawValue: found.number)
  }

  /// The name, or nil for a number that this version does not know.
  public var name: String? { Self.named.first { $0.number == rawValue }?.name }

  public var description: String { name ?? "unknown(\(rawValue))" }

  public init(from decoder: any Decoder) throws {
    self.init(rawValue: try decoder.singleValueContainer().decode(Int.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}

/// Where a membership stands (`api.md` 4.1).
public struct MemberStatus: OpenEnumeration {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let revoked = MemberStatus(rawValue: -1)
  public static let invited = MemberStatus(rawValue: 0)
  public static let accepted = MemberStatus(rawValue: 1)
  public static let confirmed = MemberStatus(rawValue: 2)
  public static let staged = MemberStatus(rawValue: 3)

  public static let named: [(name: String, number: Int)] = [
    ("revoked", -1), ("invited", 0), ("accepted", 1), ("confirmed", 2), ("staged", 3),
  ]

  /// Invited, accepted and confirmed members take a seat.
  public var takesSeat: Bool { (0...2).contains(rawValue) }
}

/// A member's role (`api.md` 4.2). Number 3, manager, is read from old servers and refused on write.
public struct MemberType: OpenEnumeration {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let owner = MemberType(rawValue: 0)
  public static let admin = MemberType(rawValue: 1)
  public static let user = MemberType(rawValue: 2)
  public static let manager = MemberType(rawValue: 3)
  public static let custom = MemberType(rawValue: 4)

  public static let named: [(name: String, number: Int)] = [
    ("owner", 0), ("admin", 1), ("user", 2), ("manager", 3), ("custom", 4),
  ]

  /// What a request may set.
  public static let writable: Set<MemberType> = [.owner, .admin, .user, .custom]
}

/// The five combinations of an association's three flags (`api.md` 3.1), by the names of the web safe.
public enum Access: Int, Sendable, Hashable, CaseIterable {
  case viewHidden, view, editHidden, edit, manage

  /// Written out: to make a name of a case at run time takes longer than all else of a start.
  public static let named: [(name: String, number: Int)] = [
    ("viewHidden", viewHidden.rawValue), ("view", view.rawValue), ("editHidden", editHidden.rawValue), ("edit", edit.rawValue), ("manage", manage.rawValue),
  ]
}

/// A rule that an organization can set (`api.md` 4.3).
public struct PolicyType: OpenEnumeration {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let named: [(name: String, number: Int)] = wireNames.map { (lowerCamelCase($0.name), $0.number) }

  /// The names of the contract by number, and how messages call them.
  public static let wireNames: [(number: Int, name: String, display: String)] = [
    (0, "TwoFactorAuthentication", "Require two-step login"),
    (1, "MasterPassword", "Master password requirements"),
    (2, "PasswordGenerator", "Password generator"),
    (3, "SingleOrg", "Single organization"),
    (4, "RequireSso", "Require single sign-on authentication"),
    (5, "OrganizationDataOwnership", "Enforce organization data ownership"),
    (6, "DisableSend", "Remove Send"),
    (7, "SendOptions", "Send options"),
    (8, "ResetPassword", "Account recovery administration"),
    (9, "MaximumVaultTimeout", "Vault timeout"),
    (10, "DisablePersonalVaultExport", "Remove individual vault export"),
    (11, "ActivateAutofill", "Active auto-fill"),
    (12, "AutomaticAppLogIn", "Automatic login with SSO"),
    (13, "FreeFamiliesSponsorshipPolicy", "Remove Free Families sponsorship"),
    (14, "RemoveUnlockWithPin", "Remove unlock with PIN"),
    (15, "RestrictedItemTypesPolicy", "Restricted item types"),
    (16, "UriMatchDefaults", "URI match defaults"),
    (17, "AutotypeDefaultSetting", "Autotype default setting"),
    (18, "AutomaticUserConfirmation", "Automatically confirm invited users"),
    (19, "BlockClaimedDomainAccountCreation", "Block account creation for claimed domains"),
    (20, "OrganizationUserNotification", "Vault banner message"),
    (21, "SendControls", "Send controls"),
    (22, "FillAssist", "Fill Assist"),
  ]

  /// The name of the contract; for an unknown number that.
  public var wireName: String { Self.wireNames.first { $0.number == rawValue }?.name ?? String(rawValue) }
  public var displayName: String { Self.wireNames.first { $0.number == rawValue }?.display ?? String(rawValue) }

  public static let twoFactorAuthentication = PolicyType(rawValue: 0)
  public static let masterPassword = PolicyType(rawValue: 1)
  public static let passwordGenerator = PolicyType(rawValue: 2)
  public static let singleOrg = PolicyType(rawValue: 3)
  public static let requireSso = PolicyType(rawValue: 4)
  public static let organizationDataOwnership = PolicyType(rawValue: 5)
  public static let disableSend = PolicyType(rawValue: 6)
  public static let sendOptions = PolicyType(rawValue: 7)
  public static let resetPassword = PolicyType(rawValue: 8)
  public static let maximumVaultTimeout = PolicyType(rawValue: 9)
  public static let disablePersonalVaultExport = PolicyType(rawValue: 10)
  public static let activateAutofill = PolicyType(rawValue: 11)
  public static let automaticAppLogIn = PolicyType(rawValue: 12)
  public static let freeFamiliesSponsorshipPolicy = PolicyType(rawValue: 13)
  public static let removeUnlockWithPin = PolicyType(rawValue: 14)
  public static let restrictedItemTypesPolicy = PolicyType(rawValue: 15)
  public static let uriMatchDefaults = PolicyType(rawValue: 16)
  public static let autotypeDefaultSetting = PolicyType(rawValue: 17)
  public static let automaticUserConfirmation = PolicyType(rawValue: 18)
  public static let blockClaimedDomainAccountCreation = PolicyType(rawValue: 19)
  public static let organizationUserNotification = PolicyType(rawValue: 20)
  public static let sendControls = PolicyType(rawValue: 21)
  public static let fillAssist = PolicyType(rawValue: 22)
}

/// From what an event was caused (`api.md` 4.5).
public struct DeviceType: OpenEnumeration {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  public static let named: [(name: String, number: Int)] = wireNames.enumerated().map { (lowerCamelCase($1), $0) }

  /// The names of the contract; the number is the place in this list.
  public static let wireNames = [
    "Android", "iOS", "ChromeExtension", "FirefoxExtension", "OperaExtension", "EdgeExtension", "WindowsDesktop",
    "MacOsDesktop", "LinuxDesktop", "ChromeBrowser", "FirefoxBrowser", "OperaBrowser", "EdgeBrowser", "IEBrowser",
    "UnknownBrowser", "AndroidAmazon", "UWP", "SafariBrowser", "VivaldiBrowser", "VivaldiExtension", "SafariExtension",
    "SDK", "Server", "WindowsCLI", "MacOsCLI", "LinuxCLI", "DuckDuckGoBrowser",
  ]
}
