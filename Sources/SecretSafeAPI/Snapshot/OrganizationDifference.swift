/// What is other in one snapshot than in another, as data. Objects are the same if their ids are, and policies if their types are: a type is
/// there once, whatever id its policy has.
public struct OrganizationDifference: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case member, group, collection, policy, subscription
  }

  public enum Action: String, Sendable, CaseIterable {
    case added, changed, removed
  }

  /// A field by the name that snapshots have for it; a setting of a policy is `data.NAME`.
  public struct Field: Hashable, Sendable {
    public let name: String
    /// Nil where the object was not there.
    public let before: JSONValue?
    /// Nil where the object is gone.
    public let after: JSONValue?
  }

  /// An object, and how people call it.
  public struct Reference: Hashable, Sendable {
    public let id: GUID
    public let name: String
  }

  /// Direct access of a member or group to a collection; nil is none.
  public struct AccessChange: Hashable, Sendable {
    public let collection: Reference
    public let before: Access?
    public let after: Access?
  }

  /// Somebody came into a group, or left it.
  public struct Membership: Hashable, Sendable {
    public let member: Reference
    public let isAdded: Bool
  }

  /// Everything that is other about one object.
  public struct Change: Hashable, Sendable {
    public let kind: Kind
    public let action: Action
    /// Nil for the subscription; of a policy that of the second snapshot, if it is there.
    public let id: GUID?
    /// The address of a member, the name of a group, the type of a policy, the external id of a collection or else its id.
    public let name: String
    /// Those that differ; of an object that is in one snapshot only, those that say something.
    public var fields: [Field] = []
    /// What went with a removed collection is not told.
    public var access: [AccessChange] = []
    /// Of a group; what went with a removed member is not told.
    public var members: [Membership] = []

    /// The field of that name, if it is among them.
    public func field(_ name: String) -> Field? { fields.first { $0.name == name } }
  }

  /// In the order of the snapshots: members, groups, collections, policies, the subscription; what was added comes last of its kind.
  public internal(set) var changes: Changes

  public var isEmpty: Bool { changes.isEmpty }

  /// Those that `change` leaves, as it makes them.
  public func filtered(_ change: (Change) -> Change?) -> OrganizationDifference {
    var difference = self
    difference.changes = Changes(changes.compactMap(change))
    return difference
  }

  /// The changes of one kind of object.
  public func changes(of kind: Kind, _ action: Action? = nil) -> Changes { changes.of(kind, action) }
}
