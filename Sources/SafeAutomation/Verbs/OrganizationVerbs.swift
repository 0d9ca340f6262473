internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension VerbEntry {
  static let organizationVerbs: [VerbEntry] = [
    VerbEntry(
      Verb(
        "update", .word("subscription"), [.init("seats", .value(.int)), .init("storage", .value(.int))], capability: "subscription.update",
        effect: .destroy, result: "Subscription", summary: "sets what is paid for to these numbers; asks, and is never sent twice",
        example: "update subscription seats: 120"), cost: .init(1...3), settling: .never, updateSubscription),
    VerbEntry(
      Verb(
        "import", .none,
        [.init("members", .table(ImportRows.member)), .init("groups", .table(ImportRows.group)), .init("overwrite", .value(.bool))],
        capability: "organization.import", destruction: .argument("overwrite"),
        summary: "brings members and groups to the state of a directory; overwrite removes members with an external id that are not listed",
        example: #"import members: [{ email: ann@acme.com, externalId: "hr-1" }]"#),
      // Members and groups are listed before and, as they may be others, after.
      cost: .init(1...5, perRow: "groups"), importDirectory),
  ]

  // MARK: subscription

  private static let subscriptionLock = GUID(high: 0, low: 1 << 40)

  private static func updateSubscription(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let (seats, storage) = (try target(call, "seats"), try target(call, "storage"))
    return try await context.locks.locking(subscriptionLock) {
      let present = try await context.client.subscription()
      let old = present.passwordManager
      var changes: [String] = []
      if let seats, seats != old?.seats { changes.append("\(old?.seats.map(String.init) ?? "no") seats to \(seats)") }
      if let storage, storage != old?.storage { changes.append("\(old?.storage.map(String.init) ?? "no") GB of storage to \(storage)") }
      if changes.isEmpty { return VerbResult(.subscription(present), changed: false) }
      try call.permit()
      guard context.confirm("change the subscription from \(changes.joined(separator: " and "))? this can cost money") else {
        throw RunError(.refused, "the subscription was not changed", reach: .stopped, hint: "what costs money needs a yes: at the prompt, or by --yes")
      }
      context.note(.lost("the subscription as it was, changed from \(changes.joined(separator: " and "))"))
      let targets = Subscription(passwordManager: .init(seats: seats, storage: storage), secretsManager: nil)
      do { _ = try await context.client.updateSubscription(targets) } catch {
        // It may have been carried out.
        await context.organization.forget(.subscription)
        throw error
      }
      return VerbResult(.subscription(try await context.client.subscription()), changed: true)
    }
  }

  /// The server takes a number below 1 for one that is not given.
  private static func target(_ call: VerbCall, _ name: String) throws(RunError) -> Int? {
    guard case .int(let number)? = call.arguments[name] else { return nil }
    if number < 1 { throw RunError(.invalid, "'\(name):' takes a number from 1, this is \(number)") }
    return number
  }

  // MARK: import

  private static func importDirectory(_ context: VerbContext, _ call: VerbCall) async throws -> VerbResult {
    let overwrites = call.arguments["overwrite"] == .bool(true)
    if overwrites, call.arguments["members"] == nil {
      throw RunError(.refused, "'overwrite' without 'members:' would remove every member with an external id", hint: "name the members to keep")
    }
    let body = try ImportRows.body(members: call.arguments["members"], groups: call.arguments["groups"], overwrites: overwrites)
    if let first = body.duplicates.first { throw RunError(.invalid, "\(first.key): \(first.text)") }
    return try await context.locks.lockingAll {
      // Whom it removes depends on everybody who is there now.
      let plan = ImportPlan(body, members: try await context.client.members(), groups: body.groups.isEmpty ? [] : try await context.client.groups())
      if try await !plan.changes(memberships: { try await memberships(of: $0, context) }) { return .unchanged }
      try call.permit(max(1, body.members.count + plan.unlisted.count))
      context.note(.lost("what was there before an import of \(body.members.count) members and \(body.groups.count) groups"))
      do { try await context.client.importDirectory(body) } catch {
        // Some servers keep what an import did before it failed.
        await context.organization.forget(.member, .group)
        throw error
      }
      return VerbResult(changed: true, .stale([.member, .group]))
    }
  }

  private static func memberships(of groups: [GUID], _ context: VerbContext) async throws -> [GUID: Set<GUID>] {
    let client = context.client
    let found = try await Organization.inParallel(groups) { try await client.memberIDs(ofGroup: $0) }
    return Dictionary(found.map { ($0.0, Set($0.1)) }) { first, _ in first }
  }
}
