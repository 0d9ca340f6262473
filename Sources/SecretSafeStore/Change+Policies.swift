import GRDB
public import SecretSafeAPI

extension Change {
  /// Creates or replaces a policy (`api.md` 3.6). Turning on 0 or 3 suspends the members who do not comply.
  public func savePolicy(_ type: PolicyType, _ body: PolicyBody) throws -> Policy {
    let data = body.data.flatMap { $0 == .null || $0 == .object([]) ? nil : $0 }
    let wasEnabled = try snapshot.isEnabled(type)
    try PolicyRules(snapshot: snapshot).check(type, enabled: body.enabled, data: data)
    if body.enabled, !wasEnabled { try enforce(type) }
    let saved = try store(type, enabled: body.enabled, data: data)
    try keepSendPoliciesInStep(with: saved)
    return saved
  }

  private func store(_ type: PolicyType, enabled: Bool, data: JSONValue?) throws -> Policy {
    let id = try snapshot.policy(type)?.id ?? .random()
    try db.run(
      """
      INSERT INTO policies (organization, id, type, enabled, data) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (organization, type) DO UPDATE SET enabled = excluded.enabled, data = excluded.data
      """, [organization, id.key, type.rawValue, enabled, data.map { String(decoding: $0.json, as: UTF8.self) }])
    try record(.policyUpdated, policy: id)
    return Policy(id: id, type: type, enabled: enabled, data: data)
  }

  // MARK: Who does not comply

  private func enforce(_ type: PolicyType) throws {
    switch type {
    case .twoFactorAuthentication:
      try suspend(snapshot.membersWithoutTwoFactor(), .memberRevokedForTwoFactor, type)
    case .singleOrg:
      try suspend(snapshot.membersElsewhere(), .memberRevokedForSingleOrganization, type)
    default: break
    }
  }

  private func suspend(_ members: [GUID], _ kind: EventKind, _ policy: PolicyType) throws {
    for id in members {
      try db.run(
        "UPDATE members SET status = -1, status_before = status WHERE organization = ? AND id = ?", [organization, id.key])
      try record(kind, member: id)
      try write(.suspension, to: id, detail: policy.displayName)
    }
  }

  // MARK: 6, 7 and 21

  /// Send controls (21) replace the two older policies: whichever is saved, the others follow.
  private func keepSendPoliciesInStep(with saved: Policy) throws {
    switch saved.type {
    case .sendControls:
      try follow(.disableSend, saved.enabled && saved.data?["disableSend"] == .bool(true))
      let hidesEmail = saved.enabled && saved.data?["disableHideEmail"] == .bool(true)
      try follow(.sendOptions, hidesEmail, data: hidesEmail ? ["disableHideEmail": true] : nil)
    case .disableSend: try follow(member: "disableSend", saved.enabled)
    case .sendOptions: try follow(member: "disableHideEmail", saved.enabled && saved.data?["disableHideEmail"] == .bool(true), saved.enabled)
    default: break
    }
  }

  /// Turns an older policy on or off; one that is off and was never saved stays unsaved. Data is what it has to hold while it is on.
  private func follow(_ type: PolicyType, _ enabled: Bool, data: JSONValue? = nil) throws {
    let before = try snapshot.policy(type)
    guard before?.enabled ?? false != enabled || data != nil && before?.data != data else { return }
    _ = try store(type, enabled: enabled, data: data ?? before?.data)
  }

  /// Sets a member of 21's data, and turns 21 on if the older policy was turned on.
  private func follow(member name: String, _ value: Bool, _ enables: Bool? = nil) throws {
    let before = try snapshot.policy(.sendControls)
    let enabled = before?.enabled ?? false || enables ?? value
    guard before != nil || enabled else { return }
    var members: [JSONValue.Member] = []
    if case .object(let kept) = before?.data { members = kept.filter { $0.name != name } }
    let data = JSONValue.object(members + [.init(name: name, value: .bool(value))])
    if before?.data == data, before?.enabled == enabled { return }
    _ = try store(.sendControls, enabled: enabled, data: data)
  }
}

extension Snapshot {
  // Owners and administrators are exempt, and so is who has not accepted.
  private static let bound = "m.organization = ? AND m.status IN (1, 2) AND m.type NOT IN (0, 1)"
  private static let elsewhere = """
    EXISTS (SELECT 1 FROM organizations o JOIN members x ON x.organization = o.row AND x.email = m.email
      WHERE o.row != m.organization AND x.status IN (1, 2))
    """

  func membersWithoutTwoFactor() throws -> [GUID] {
    try ids("SELECT m.id FROM members m WHERE \(Self.bound) AND NOT m.two_factor")
  }

  /// Members who belong to another organization of this server as well.
  func membersElsewhere() throws -> [GUID] {
    try ids("SELECT m.id FROM members m WHERE \(Self.bound) AND \(Self.elsewhere)")
  }

  func isElsewhere(_ member: MemberRecord) throws -> Bool {
    try db.has("SELECT 1 FROM members m WHERE m.organization = ? AND m.id = ? AND \(Self.elsewhere)", [organization, member.id.key])
  }

  /// Whether another organization that the member belongs to wants to be the only one.
  func isForbiddenElsewhere(_ member: MemberRecord) throws -> Bool {
    try db.has(
      """
      SELECT 1 FROM members x JOIN policies p ON p.organization = x.organization AND p.type = 3 AND p.enabled
      JOIN organizations o ON o.row = x.organization
      WHERE o.row != ? AND x.email = ? AND x.status IN (1, 2) AND x.type NOT IN (0, 1)
      """, [organization, member.email])
  }

  private func ids(_ sql: String) throws -> [GUID] {
    let rows = try db.rows(sql, [organization])
    var ids: [GUID] = []
    while let row = try rows.next() { ids.append(row.id(0)) }
    return ids
  }
}
