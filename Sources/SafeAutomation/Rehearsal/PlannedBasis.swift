internal import SafeLanguage
public import SecretSafeAPI

/// An object that is there and would be changed, or go, or that comes into a group or leaves one, with the fields that the script names of
/// objects of its kind. What made the script choose it is among them, unless it was who is in which group.
public struct PlannedBasis: Sendable {
  public let kind: OrganizationDifference.Kind
  public let id: GUID?
  public let name: String
  /// Null, false and empty are left out.
  public let fields: [(name: String, value: JSONValue)]

  /// Those of a difference, in the order of the snapshot that was before.
  static func of(_ difference: OrganizationDifference, before: OrganizationSnapshot, _ program: CheckedProgram) -> [PlannedBasis] {
    var touched: [OrganizationDifference.Kind: Set<String>] = [:]
    for change in difference.changes where change.action != .added { touched[change.kind, default: []].insert(key(change.kind, change.id, change.name)) }
    for membership in difference.changes.flatMap(\.members) {
      touched[.member, default: []].insert(key(.member, membership.member.id, membership.member.name))
    }
    // Against nothing every object comes with all that it is.
    return OrganizationDifference(from: OrganizationSnapshot(), to: before).changes.compactMap { object in
      guard touched[object.kind]?.contains(key(object.kind, object.id, object.name)) == true else { return nil }
      let named = (program.fieldsRead[resource(object.kind)] ?? []).union(keys[object.kind] ?? [])
      let fields = object.fields.compactMap { field in
        named.contains(String(field.name.prefix { $0 != "." })) ? field.after.map { (name: field.name, value: $0) } : nil
      }
      return PlannedBasis(kind: object.kind, id: object.id, name: object.name, fields: fields)
    }
  }

  private static func resource(_ kind: OrganizationDifference.Kind) -> String { kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() }

  /// Verbs find a member by the address, whatever the script names.
  private static let keys: [OrganizationDifference.Kind: Set<String>] = [.member: ["email"]]

  /// A policy is known by its type: one that is changed may have another id than before.
  private static func key(_ kind: OrganizationDifference.Kind, _ id: GUID?, _ name: String) -> String { kind == .policy ? name : id?.description ?? name }
}
