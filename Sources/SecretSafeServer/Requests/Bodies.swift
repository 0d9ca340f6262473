import SecretSafeAPI

// The bodies of the contract, read out of a request's fields. Nil only if a problem was noted.

extension InviteBody {
  /// `api.md` 3.2.3
  init?(_ fields: Fields, _ problems: inout Problems) {
    let email = fields.requiredText("email", atMost: EmailAddress.limit, &problems)
    if let email, !email.isBlank, !EmailAddress.isAcceptable(email) {
      problems.add("Email", "The Email field is not a supported e-mail address format.")
    }
    guard let member = MemberBody(fields, &problems), let email else { return nil }
    self.init(
      email: email, type: member.type, externalId: member.externalId, permissions: member.permissions,
      collections: member.collections, groups: member.groups)
  }
}

extension MemberBody {
  /// `api.md` 3.2.4
  init?(_ fields: Fields, _ problems: inout Problems) {
    let type = fields.memberType(&problems)
    let externalId = fields.externalId(&problems)
    let permissions = fields.permissions(&problems)
    let collections = fields.associations("collections", &problems)
    let groups = fields.ids("groups", &problems)
    guard problems.isEmpty, let type else { return nil }
    if permissions != nil, type != .custom {
      problems.add("", "Only users with the Custom role may use custom permissions.")
      return nil
    }
    self.init(
      type: type, externalId: externalId, permissions: permissions, collections: collections, groups: groups)
  }
}

extension GroupBody {
  /// `api.md` 3.4.2
  init?(_ fields: Fields, _ problems: inout Problems) {
    let name = fields.requiredText("name", atMost: 100, &problems)
    let externalId = fields.externalId(&problems)
    let collections = fields.associations("collections", &problems)
    guard let name else { return nil }
    self.init(name: name, externalId: externalId, collections: collections)
  }
}

extension CollectionBody {
  /// `api.md` 3.5.2
  init?(_ fields: Fields, _ problems: inout Problems) {
    self.init(externalId: fields.externalId(&problems), groups: fields.associations("groups", &problems))
  }
}

extension PolicyBody {
  /// `api.md` 3.6.2
  init?(_ fields: Fields, _ problems: inout Problems) {
    let enabled = fields.flag("enabled", required: true, &problems)
    let data = fields.object("data", &problems)
    let metadata = fields.object("metadata", &problems)
    guard let enabled else { return nil }
    self.init(enabled: enabled, data: data, metadata: metadata)
  }
}

extension Subscription {
  /// `api.md` 3.8
  init?(_ fields: Fields, _ problems: inout Problems) {
    let passwords = fields.fields("passwordManager", &problems)
    let secrets = fields.fields("secretsManager", &problems)
    if problems.isEmpty, passwords == nil, secrets == nil {
      problems.add("", "At least one of PasswordManager or SecretsManager must be provided.")
    }
    self.init(
      passwordManager: passwords.map {
        PasswordManager(
          seats: $0.number("seats", &problems), maxAutoScaleSeats: $0.number("maxAutoScaleSeats", &problems),
          storage: $0.number("storage", &problems))
      },
      secretsManager: secrets.map {
        SecretsManager(
          seats: $0.number("seats", &problems), maxAutoScaleSeats: $0.number("maxAutoScaleSeats", &problems),
          serviceAccounts: $0.number("serviceAccounts", &problems),
          maxAutoScaleServiceAccounts: $0.number("maxAutoScaleServiceAccounts", &problems))
      })
  }
}

/// `{"groupIds": […]}` and `{"memberIds": […]}` (`api.md` 3.2.5, 3.4.2)
struct IdentifiersBody {
  let ids: [GUID]

  init?(_ fields: Fields, named name: String, _ problems: inout Problems) {
    guard let ids = fields.requiredIds(name, &problems) else { return nil }
    self.ids = ids
  }
}
