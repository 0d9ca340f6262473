extension Member: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "member")
      $0.member("id", id)
      $0.member("userId", userId)
      $0.member("name", name)
      $0.member("email", email)
      $0.member("twoFactorEnabled", twoFactorEnabled)
      $0.member("status", status.rawValue)
      $0.member("type", type.rawValue)
      $0.member("externalId", externalId)
      $0.member(permissions: permissions)
      $0.member("collections", collections)
      $0.member("resetPasswordEnrolled", resetPasswordEnrolled)
      $0.member("ssoExternalId", ssoExternalId)
    }
  }
}

extension Group: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "group")
      $0.member("id", id)
      $0.member("name", name)
      $0.member("externalId", externalId)
      $0.member("collections", collections)
    }
  }
}

extension SharedCollection: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "collection")
      $0.member("id", id)
      $0.member("externalId", externalId)
      $0.member("groups", groups)
    }
  }
}

extension ListAnswer: JSONWritable where Element: JSONWritable {
  public init(_ data: [Element]) { self.init(data: data, continuationToken: nil) }

  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "list")
      $0.key("data")
      $0.array(data) { $1.write(to: &$0) }
    }
  }
}

extension Policy: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "policy")
      $0.member("id", id)
      $0.member("type", type.rawValue)
      $0.member("enabled", enabled)
      $0.member("data", data)
    }
  }
}

extension Event: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "event")
      $0.member("type", type.rawValue)
      $0.member("itemId", itemId)
      $0.member("collectionId", collectionId)
      $0.member("groupId", groupId)
      $0.member("policyId", policyId)
      $0.member("memberId", memberId)
      $0.member("actingUserId", actingUserId)
      $0.member("installationId", installationId)
      $0.member("date", date)
      $0.member("device", device?.rawValue)
      $0.member("ipAddress", ipAddress)
      $0.member("secretId", secretId)
      $0.member("projectId", projectId)
      $0.member("serviceAccountId", serviceAccountId)
    }
  }
}

extension EventPage: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "list")
      $0.key("data")
      $0.array(data) { $1.write(to: &$0) }
      $0.member("continuationToken", continuationToken)
    }
  }
}

extension Subscription: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.key("passwordManager")
      if let passwordManager {
        object.object {
          $0.member("seats", passwordManager.seats)
          $0.member("maxAutoScaleSeats", passwordManager.maxAutoScaleSeats)
          $0.member("storage", passwordManager.storage)
        }
      } else {
        object.null()
      }
      object.key("secretsManager")
      if let secretsManager {
        object.object {
          $0.member("seats", secretsManager.seats)
          $0.member("maxAutoScaleSeats", secretsManager.maxAutoScaleSeats)
          $0.member("serviceAccounts", secretsManager.serviceAccounts)
          $0.member("maxAutoScaleServiceAccounts", secretsManager.maxAutoScaleServiceAccounts)
        }
      } else {
        object.null()
      }
    }
  }
}

extension MessageAnswer: JSONWritable {
  public func write(to writer: inout JSONWriter) { writer.object { $0.member("message", message) } }
}

extension InviteBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("email", email)
      $0.member("type", type.rawValue)
      $0.member("externalId", externalId)
      $0.member(permissions: permissions)
      $0.member("collections", collections)
      $0.member("groups", groups)
    }
  }
}

extension MemberBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("type", type.rawValue)
      $0.member("externalId", externalId)
      $0.member(permissions: permissions)
      $0.member("collections", collections)
      $0.member("groups", groups)
    }
  }
}

extension GroupBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("name", name)
      $0.member("externalId", externalId)
      $0.member("collections", collections)
    }
  }
}

extension CollectionBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("externalId", externalId)
      $0.member("groups", groups)
    }
  }
}

extension PolicyBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("enabled", enabled)
      $0.member("data", data)
      if let metadata { $0.member("metadata", metadata) }
    }
  }
}

extension ImportBody: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object { object in
      object.key("members")
      object.array(members) { writer, member in
        writer.object {
          $0.member("email", member.email)
          $0.member("externalId", member.externalId)
          $0.member("deleted", member.deleted)
        }
      }
      object.key("groups")
      object.array(groups) { writer, group in
        writer.object {
          $0.member("name", group.name)
          $0.member("externalId", group.externalId)
          $0.key("memberExternalIds")
          $0.array(group.memberExternalIds) { $0.string($1) }
        }
      }
      object.member("overwriteExisting", overwriteExisting)
      object.member("largeImport", largeImport)
      object.member("inviteUsersAfterProvisioning", inviteUsersAfterProvisioning)
    }
  }
}

extension TokenAnswer: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("access_token", accessToken)
      $0.member("expires_in", expiresIn)
      $0.member("token_type", tokenType)
      if let scope { $0.member("scope", scope) }
    }
  }
}

extension ErrorObject: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("object", "error")
      $0.member("message", message)
      $0.key("errors")
      guard let errors else { return $0.null() }
      $0.object { object in
        for (key, texts) in errors.sorted(by: { $0.key < $1.key }) {
          object.key(key)
          object.array(texts) { $0.string($1) }
        }
      }
    }
  }
}

extension OAuthError: JSONWritable {
  public func write(to writer: inout JSONWriter) {
    writer.object {
      $0.member("error", error)
      if let errorDescription { $0.member("error_description", errorDescription) }
    }
  }
}

extension JSONWriter {
  fileprivate mutating func member(permissions value: Permissions?) {
    key("permissions")
    guard let value else { return null() }
    object { object in
      for name in Permissions.names {
        object.key(name)
        object.bool(value.contains(name: name))
      }
    }
  }
}
