import SecretSafeAPI

extension MemberRecord {
  init(_ member: Member, statusBefore: MemberStatus?) {
    self.init(
      id: member.id, email: member.email, name: member.name, userId: member.userId, twoFactor: member.twoFactorEnabled,
      status: member.status.rawValue, statusBefore: statusBefore?.rawValue, type: member.type.rawValue,
      permissions: member.type == .custom ? (member.permissions ?? []).rawValue : nil, externalId: member.externalId,
      resetPassword: member.resetPasswordEnrolled, ssoExternalId: member.ssoExternalId)
  }

  func member(collections: [Association]) -> Member {
    Member(
      id: id, userId: userId, name: name, email: email, twoFactorEnabled: twoFactor, status: MemberStatus(rawValue: status),
      type: MemberType(rawValue: type), externalId: externalId, permissions: permissions.map(Permissions.init(rawValue:)),
      collections: collections, resetPasswordEnrolled: resetPassword, ssoExternalId: ssoExternalId)
  }
}
