internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension VerbEntry {
  static let policyVerbs: [VerbEntry] = [
    VerbEntry(
      Verb(
        "enable", .row("Policy"), [.init("data", .settings(PolicySettings.row))], capability: "policies.update",
        destruction: .cases(puttingOut.map(\.rawValue)), result: "Policy",
        summary: "puts a policy in force; settings that are not named are kept, null takes one away", example: "enable masterPassword data: { minLength: 14 }"),
      // Other policies and members may have to be listed again.
      cost: .init(1...4)
    ) { try await save($0, $1, enabled: true) },
    VerbEntry(
      Verb(
        "disable", .row("Policy"), capability: "policies.update", result: "Policy", summary: "takes a policy out of force, and keeps its settings",
        example: "disable maximumVaultTimeout"), cost: .init(1...3)
    ) { try await save($0, $1, enabled: false) },
  ]

  /// Members who do not comply are revoked when these are enabled (`api.md` 3.6.3).
  private static let puttingOut: [PolicyType] = [.twoFactorAuthentication, .singleOrg]
  /// The server keeps these in step with one another.
  private static let linked: [PolicyType] = [.disableSend, .sendOptions, .sendControls]

  private static func type(_ call: VerbCall) throws(RunError) -> PolicyType {
    let value = if case .record(let row) = call.subject { row.value("type") } else { call.subject }
    guard case .symbol(_, let number) = value else { throw RunError(.data, "this is no policy") }
    return PolicyType(rawValue: number)
  }

  /// A policy that was never saved has no id, so it is locked by its type; linked ones are one object.
  private static func lock(_ type: PolicyType) -> GUID {
    GUID(high: 0, low: UInt64(UInt32(truncatingIfNeeded: (linked.contains(type) ? .sendControls : type).rawValue)) + 1)
  }

  /// Who is not revoked.
  private static func active(_ context: VerbContext) async throws -> Set<GUID> {
    Set(try await context.client.members().filter { $0.status != .revoked }.map(\.id))
  }

  private static func save(_ context: VerbContext, _ call: VerbCall, enabled: Bool) async throws -> VerbResult {
    let type = try type(call)
    let settings = call.arguments["data"]
    if let foreign = PolicySettings.foreign(settings, to: type) {
      throw RunError(.invalid, "\(type) has no setting '\(foreign.setting)'", hint: "it has \(foreign.known.joined(separator: ", "))")
    }
    return try await context.locks.locking(lock(type)) {
      let old = try await context.client.policy(type)
      // What the data lacks is reset, so all of it is sent.
      let data = PolicySettings.merged(old?.data, settings)
      if (old?.enabled ?? false) == enabled, data == PolicySettings.merged(old?.data, nil) {
        return VerbResult(old.map { .policy($0) } ?? .unsavedPolicy(type), changed: false)
      }
      try call.permit()
      let mayRevoke = enabled && puttingOut.contains(type)
      let present = mayRevoke && context.keepsInverses ? try await active(context) : []
      context.note(.policy(type, old, newData: data))
      if !present.isEmpty { context.note(.mayRevoke(type, present.sorted())) }
      let new = try await context.client.savePolicy(type, PolicyBody(enabled: enabled, data: data))
      let revoked = present.isEmpty ? [] : present.subtracting(try await active(context))
      var stale: [Resource] = []
      if linked.contains(type) { stale.append(.policy) }
      if mayRevoke { stale.append(.member) }
      return VerbResult(.policy(new), changed: true, stale.isEmpty ? [] : [.stale(stale)])
        .undone(by: present.isEmpty ? [] : [.revoked(by: type, revoked.sorted())])
    }
  }
}
