extension ImportBody {
  /// What stands in it twice and must not (`api.md` 6.3), under the key that a validation failure gives it.
  public var duplicates: [(key: String, text: String)] {
    var found: [(key: String, text: String)] = []
    var emails: [ExactText: Int] = [:]
    var externalIds: [ExactText: Int] = [:]
    for (index, member) in members.enumerated() where !member.deleted {
      if let email = member.email?.lowercased(), let first = emails.updateValue(index, forKey: ExactText(email)) {
        found.append(("Members[\(index)].Email", "The address '\(email)' is that of Members[\(first)] too."))
      }
      if let first = externalIds.updateValue(index, forKey: ExactText(member.externalId)) {
        found.append(("Members[\(index)].ExternalId", "The externalId '\(member.externalId)' is that of Members[\(first)] too."))
      }
    }
    externalIds.removeAll()
    for (index, group) in groups.enumerated() {
      if let first = externalIds.updateValue(index, forKey: ExactText(group.externalId)) {
        found.append(("Groups[\(index)].ExternalId", "The externalId '\(group.externalId)' is that of Groups[\(first)] too."))
      }
    }
    return found
  }
}
