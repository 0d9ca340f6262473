import GRDB
public import SecretSafeAPI

extension Change {
  /// Puts in the first owner of a new organization, confirmed, as nobody is there who could do that.
  public func createOwner(email: String, name: String?) throws -> GUID {
    let id = GUID.random()
    try load(Member(id: id, userId: .random(), name: name, email: email.lowercased(), status: .confirmed, type: .owner))
    return id
  }

  /// Makes the member of that address a confirmed owner, whatever it was before; without one a new member.
  public func appointOwner(email: String, name: String?) throws -> GUID {
    let email = email.lowercased()
    guard let id = try db.row("SELECT id FROM members WHERE organization = ? AND email = ?", [organization, email], { $0.id(0) })
    else {
      let id = try createOwner(email: email, name: name)
      try record(.memberConfirmed, member: id)
      return id
    }
    let member = try existing(id)
    try db.run(
      """
      UPDATE members SET type = 0, permissions = NULL, status = 2, status_before = NULL, user_id = ?, name = ? WHERE organization = ? AND id = ?
      """, [(member.userId ?? .random()).key, name ?? member.name, organization, id.key])
    try endInvitations(of: id)
    if member.type != MemberType.owner.rawValue || member.status != MemberStatus.confirmed.rawValue { try record(.memberUpdated, member: id) }
    return id
  }
}
