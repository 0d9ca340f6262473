internal import SafeLanguage
internal import SecretSafeAPI

/// Calls of different rows about the same thing, of which at least one does not only add: their order matters, so they are left to the script.
struct DisputedCalls {
  private enum Thing: Hashable {
    case object(GUID)
    case membership(GUID, GUID)
  }

  private struct Touch {
    var rows: Set<Int> = []
    var calls: [Int] = []
    var onlyAdds = true
  }

  let calls: Set<Int>

  init(_ found: RehearsedCalls) {
    var touches: [Thing: Touch] = [:]
    for (row, sequence) in found.order.sequences.enumerated() where row > 0 {
      for case .call(let index) in sequence.items {
        for (thing, adds) in Self.things(of: found.calls[index]) {
          touches[thing, default: Touch()].rows.insert(row)
          touches[thing]?.calls.append(index)
          if !adds { touches[thing]?.onlyAdds = false }
        }
      }
    }
    calls = Set(touches.values.filter { !$0.onlyAdds && $0.rows.count > 1 }.flatMap(\.calls))
  }

  /// What a call is about, and whether it only adds to it.
  private static func things(of rehearsed: RehearsedCall) -> [(Thing, adds: Bool)] {
    let call = rehearsed.call
    let subject = rehearsed.about
    switch call.verb.name {
    case "invite", "create": return rehearsed.created.map { [(.object($0), true)] } ?? []
    case "add", "drop":
      guard let member = subject, let group = object(call.arguments[call.verb.name == "add" ? "to" : "from"]) else { return [] }
      return [(.object(member), true), (.object(group), true), (.membership(member, group), call.verb.name == "add")]
    case "grant", "ungrant":
      guard let collection = subject, let other = object(call.arguments[call.verb.name == "grant" ? "to" : "from"]) else { return [] }
      return [(.object(collection), true), (.object(other), true), (.membership(other, collection), call.verb.name == "grant")]
    default: return subject.map { [(.object($0), false)] } ?? []
    }
  }

  private static func object(_ value: Value?) -> GUID? {
    if case .record(let row)? = value { return Rows.id(row) }
    return nil
  }
}

extension RehearsedCall {
  /// The object that it is said of, also where the script names it by address.
  fileprivate var about: GUID? {
    if case .record(let row) = call.subject, let id = Rows.id(row) { return id }
    if let id = result?.id { return id }
    for change in result?.others ?? [] {
      switch change {
      case .member(let member): return member.id
      case .memberships(let member, _, _): return member
      case .status(let member, _): return member
      case .removed(_, let id): return id
      default: continue
      }
    }
    return nil
  }
}
