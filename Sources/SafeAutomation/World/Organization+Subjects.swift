internal import SafeLanguage
internal import SecretSafeAPI

/// What verbs and filters are about: rows, or what does in their place.
extension Organization {
  /// The member that a row, an address or an id means, with the status that this run knows.
  func member(_ subject: Value) async throws(RunError) -> (id: GUID, status: MemberStatus?) {
    if case .record(let row) = subject, let id = Rows.id(row) {
      if let known = known.members?.model(id) { return (id, known.status) }
      if case .symbol(_, let number) = row.value("status") { return (id, MemberStatus(rawValue: number)) }
      return (id, nil)
    }
    let member = try await member(named: subject.printed)
    return (member.id, member.status)
  }

  /// How people call a member, as far as that is at hand.
  func address(of member: GUID, _ subject: Value) -> String? {
    if let known = known.members?.model(member) { return known.email }
    if case .record(let row) = subject { return row.text("email") }
    return nil
  }

  private func member(named text: String) async throws(RunError) -> Member {
    try await load(.member)
    if let id = GUID(text), let member = known.members?.model(id) { return member }
    guard let member = known.members?.model(named: text.lowercased()) else {
      guessesLeft -= 1
      let nearest = guessesLeft >= 0 ? known.members?.address(like: text) : nil
      throw RunError(.notFound, "there is no member \(GUID(text) == nil ? "" : "with the id ")'\(text)'", hint: nearest.map { "did you mean '\($0)'?" })
    }
    return member
  }

  /// The account of a member, of an address, or of its own id. Nil if the member has none yet.
  func user(_ value: Value) async throws(RunError) -> GUID? {
    if case .record(let row) = value { return row.text("userId").flatMap { GUID($0) } }
    if let id = GUID(value.printed) { return id }
    return try await member(named: value.printed).userId
  }
}
