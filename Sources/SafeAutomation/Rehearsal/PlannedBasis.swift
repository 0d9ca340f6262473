internal import SafeLanguage
public import SecretSafeAPI

/// An object that is there and would be changed, or go, or that comes into a group or leaves one, with the fields that would be other, and those that the
/// script names of objects of its kind. What made the script choose it is among them, unless it was who is in which group.
public struct PlannedBasis: Sendable {
  public let kind: OrganizationDifference.Kind
  public let id: GUID?
  public let name: String
  public let fields: [(name: String, value: JSONValue)]

  /// Those of a difference, in the order of the snapshot that was before.
  static func of(_ difference: OrganizationDifference, before: OrganizationSnapshot, _ program: CheckedProgram) -> [PlannedBasis] {
    // With the fields that are set.
    var touched: [ObjectKey: Set<String>] = [:]
    for change in difference.changes where change.action != .added { touched[ObjectKey(change), default: []].formUnion(change.fields.map(\.name)) }
    let there = Set(before.members.map(\.member.id))
    for change in difference.changes(of: .group) {
      for membership in change.members where there.contains(membership.member.id) {
        touched[ObjectKey(.member, membership.member.id, membership.member.name), default: []].formUnion([])
      }
    }
    return OrganizationDifference(listing: before).changes.compactMap { object in
      guard let set = touched[ObjectKey(object)] else { return nil }
      let named = (program.fieldsRead[resource(object.kind)] ?? []).union(keys[object.kind] ?? [])
      let fields = object.fields.compactMap { field in
        set.contains(field.name) || named.contains(String(field.name.prefix { $0 != "." })) ? field.after.map { (name: field.name, value: $0) } : nil
      }
      return PlannedBasis(kind: object.kind, id: object.id, name: object.name, fields: fields)
    }
  }

  private static func resource(_ kind: OrganizationDifference.Kind) -> String { kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() }

  /// Verbs find a member by the address, whatever the script names.
  private static let keys: [OrganizationDifference.Kind: Set<String>] = [.member: ["email"]]
}
