/// What a key or a token may do (`api.md` 12.1). `write` does not include `read`.
public struct Scopes: OptionSet, Hashable, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// Everything: the scope of the organization's own key.
  public static let organization = Scopes(rawValue: 1 << 0)
  public static let membersRead = Scopes(rawValue: 1 << 1)
  public static let membersWrite = Scopes(rawValue: 1 << 2)
  public static let groupsRead = Scopes(rawValue: 1 << 3)
  public static let groupsWrite = Scopes(rawValue: 1 << 4)
  public static let collectionsRead = Scopes(rawValue: 1 << 5)
  public static let collectionsWrite = Scopes(rawValue: 1 << 6)
  public static let policiesRead = Scopes(rawValue: 1 << 7)
  public static let eventsRead = Scopes(rawValue: 1 << 8)
  public static let subscriptionRead = Scopes(rawValue: 1 << 9)
  public static let subscriptionWrite = Scopes(rawValue: 1 << 10)

  /// The bit is the place in this list. Append only: databases hold the numbers.
  public static let names = [
    "api.organization", "api.organization.members.read", "api.organization.members.write", "api.organization.groups.read",
    "api.organization.groups.write", "api.organization.collections.read", "api.organization.collections.write",
    "api.organization.policies.read", "api.organization.events.read", "api.organization.subscription.read",
    "api.organization.subscription.write",
  ]

  /// The scope of that name; nil for an unknown one.
  public init?(name: some StringProtocol) {
    guard let bit = Scopes.names.firstIndex(where: { $0 == name }) else { return nil }
    self.init(rawValue: 1 << bit)
  }

  /// Names, separated by spaces as in a token request; nil if there is none, or an unknown one.
  public init?(_ text: some StringProtocol) {
    var scopes: Scopes = []
    for name in text.split(separator: " ") {
      guard let scope = Scopes(name: name) else { return nil }
      scopes.formUnion(scope)
    }
    guard !scopes.isEmpty else { return nil }
    self = scopes
  }

  /// The names in the order of the contract, separated by spaces.
  public var text: String {
    Scopes.names.indices.filter { rawValue & 1 << $0 != 0 }.map { Scopes.names[$0] }.joined(separator: " ")
  }

  /// Whether everything in `needed` is granted, by itself or by the scope for everything.
  public func allows(_ needed: Scopes) -> Bool { contains(.organization) || isSuperset(of: needed) }
}
