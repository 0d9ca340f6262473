internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension AheadSender {
  // MARK: one

  /// An invitation that carries what follows it about the same person.
  func invitation(_ calls: [Int], _ log: CallLog, _ isOpen: Bool) async throws -> [(Int, VerbResult)] {
    guard let invitation = said(calls[0]) else { return [] }
    let own = VerbEntry.inviteBody(invitation)
    let body = calls.dropFirst().reduce(into: own) { body, index in
      if let (_, group) = call(index).joining { body.carry(placeholders.id(group)) } else if let call = said(index) { body.carry(call) }
    }
    let client = session.client.observed(by: log)
    let settling = Settling.invitation { _ in body }
    let member = try await once.untilKnown(log, isOpen: isOpen) {
      switch try await once.settler.settle(settling, invitation, member: nil) {
      case .done(let result): if case .member(let member) = result.given { .done(member) } else { .unknown }
      case .notDone: .notDone
      case .unknown: .unknown
      }
    } send: { _ in
      guard !(body.groups ?? []).isEmpty else { return try await client.invite(body) }
      // A place of its own: nobody waits for it but who sets the members of a group as a whole.
      return try await session.locks.locking(GUID.random()) { try await client.invite(body) }
    }
    return results(of: calls, member, groups: own.groups ?? [], access: own.collections ?? [])
  }

  /// What each call comes to, as if they had been sent one after another.
  private func results(of calls: [Int], _ member: Member, groups: [GUID], access: [Association]) -> [(Int, VerbResult)] {
    var (member, groups) = (member, groups)
    member.collections = access
    return calls.map { index in
      let rehearsed = call(index)
      if let (_, group) = rehearsed.joining {
        let id = placeholders.id(group)
        let isNew = !groups.contains(id)
        if isNew { groups.append(id) }
        return (index, VerbResult(changed: isNew, .joined(member.id, id)))
      }
      member.take(rehearsed.twin)
      guard index != calls[0] else {
        return (
          index,
          VerbResult(.member(member), changed: true, .memberships(member.id, groups, overRead: false))
            .undone(by: .remove(.member, member.id, name: member.email))
        )
      }
      return (index, VerbResult(.member(member), changed: rehearsed.changed ?? false))
    }
  }

  // MARK: many

  /// Members of one import (design, section 4).
  static let importSize = 500

  /// Somebody who is there by now would be another's; a repeated import leaves those of the first alone.
  private static func absent(_ bodies: [InviteBody], from present: [Member]) -> [InviteBody] {
    let (addresses, ids) = (Set(present.map { $0.email.lowercased() }), Set(present.compactMap { $0.externalId.map { ExactText($0) } }))
    return bodies.filter { body in !addresses.contains(body.email.lowercased()) && body.externalId.map { !ids.contains(ExactText($0)) } == true }
  }

  /// Plain users, whose invitations mean the same in an import. The lists before and after it tell whom it invited.
  func imports(_ calls: [Int], _ log: CallLog, _ isOpen: Bool) async throws -> StepAnswers {
    let client = session.client.observed(by: log)
    let listed: [Member] = try await once.untilKnown(log, isOpen: isOpen) { () -> ExactlyOnce.Finding<[Member]> in
      .notDone
    } send: { mayBeOurs in
      try await session.locks.lockingAll {
        var present = try await once.settler.memberList()
        let known = mayBeOurs ? [] : Set(present.map(\.id))
        var start = 0
        while start < calls.count {
          let chunk = calls[start..<min(calls.count, start + Self.importSize)].compactMap(body)
          start += Self.importSize
          let wanted = Self.absent(chunk, from: present)
          if wanted.isEmpty { continue }
          var refusal: ClientError?
          do throws(ClientError) {
            try await client.importDirectory(
              ImportBody(members: wanted.map { .init(email: $0.email, externalId: $0.externalId ?? "") }, groups: [], overwriteExisting: false))
          } catch {
            if error.isOutcomeUnknown || start <= Self.importSize { throw error }
            // Those of the chunks before are there.
            refusal = error
          }
          // Without the list nobody knows whom it invited. Two of them are not held at once.
          present = []
          do throws(RunError) { present = try await once.settler.memberList() } catch {
            throw RunError(error.kind, error.message, reach: error.reach, isOutcomeUnknown: true)
          }
          if refusal != nil { break }
        }
        return present.filter { !known.contains($0.id) }
      }
    }
    let places = Dictionary(listed.enumerated().map { ($1.email.lowercased(), $0) }) { first, _ in first }
    return StepAnswers(calls) { index in
      guard let body = body(index), let member = places[body.email.lowercased()].map({ listed[$0] }), member.type == body.type, member.externalId == body.externalId,
        member.status == .invited
      else { return nil }
      return results(of: [index], member, groups: [], access: []).first?.1
    }
  }

  private func body(_ call: Int) -> InviteBody? { said(call).map { VerbEntry.inviteBody($0) } }
}

extension InviteBody {
  /// Takes up what a call says of the one who is invited.
  fileprivate mutating func carry(_ call: VerbCall) {
    guard call.verb.name == "update" else { return }
    type = Rows.memberType(call.arguments["type"]) ?? type
    if let text = call.arguments["externalId"] { externalId = Rows.optionalText(text) }
    permissions = type == .custom ? Rows.permissions(call.arguments["permissions"]) ?? permissions : nil
  }

  fileprivate mutating func carry(_ group: GUID) { if groups?.contains(group) != true { groups = (groups ?? []) + [group] } }
}

extension Member {
  /// Has the fields that it had in the rehearsal at that moment.
  mutating func take(_ twin: TwinAnswer?) {
    if case .member(let type, _, let externalId, let permissions)? = twin?.given { (self.type, self.externalId, self.permissions) = (type, externalId, permissions) }
  }
}
