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

  public static let named: [(name: String, number: Int)] = allCases.map { ("\($0)", $0.rawValue) }
}
