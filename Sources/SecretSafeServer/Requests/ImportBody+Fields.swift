import SecretSafeAPI
import SecretSafeStore

extension ImportBody {
  /// Members not marked deleted, and groups, without `largeImport` (`api.md` 6.1).
  static let limit = 2_000

  /// `api.md` 6.1 and 6.3. Throws the refusal of one that is too large.
  init?(_ fields: Fields, _ problems: inout Problems) throws {
    let members = fields.requiredObjects("members", &problems)?.compactMap { Member($0, &problems) }
    let groups = fields.requiredObjects("groups", &problems)?.compactMap { Group($0, &problems) }
    let overwrite = fields.flag("overwriteExisting", required: true, &problems)
    let large = fields.flag("largeImport", &problems) ?? false
    let invites = fields.flag("inviteUsersAfterProvisioning", &problems) ?? true
    guard problems.isEmpty, let members, let groups, let overwrite else { return nil }
    self.init(
      members: members, groups: groups, overwriteExisting: overwrite, largeImport: large, inviteUsersAfterProvisioning: invites)
    for duplicate in duplicates { problems.add(duplicate.key, duplicate.text) }
    guard problems.isEmpty else { return nil }
    if !large, groups.count > Self.limit || members.count(where: { !$0.deleted }) > Self.limit {
      throw Refusal.rule("You cannot import this much data at once.")
    }
  }
}

extension ImportBody.Member {
  init?(_ fields: Fields, _ problems: inout Problems) {
    let deleted = fields.flag("deleted", &problems) ?? false
    let before = problems
    let email = fields.text("email", atMost: EmailAddress.limit, &problems)
    let isPresent = email.map { !$0.isBlank } ?? false
    if problems == before {
      if !isPresent, !deleted { problems.add(fields.key("email"), "Email is required for enabled members.") }
      if let email, isPresent, !EmailAddress.isPlausible(email) {
        problems.add(fields.key("email"), "The Email field is not a valid e-mail address.")
      }
    }
    guard let externalId = fields.requiredScalarText("externalId", atMost: ExternalID.limit, &problems) else { return nil }
    self.init(email: isPresent ? email?.lowercased() : nil, externalId: externalId, deleted: deleted)
  }
}

extension ImportBody.Group {
  init?(_ fields: Fields, _ problems: inout Problems) {
    let name = fields.requiredText("name", atMost: 100, &problems)
    let externalId = fields.requiredScalarText("externalId", atMost: ExternalID.limit, &problems)
    let members = fields.requiredScalarTexts("memberExternalIds", &problems)
    guard let name, let externalId, let members else { return nil }
    self.init(name: name, externalId: externalId, memberExternalIds: members)
  }
}
