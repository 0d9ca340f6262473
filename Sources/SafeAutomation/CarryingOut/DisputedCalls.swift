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
    let words: SaidCall.Words
    switch rehearsed.said {
    case .joining(let member, let group, _): return [(.object(member), true), (.object(group), true), (.membership(member, group), true)]
    case .other(let said): words = said
    }
    var subject = rehearsed.twin?.about
    if case .record(let row) = words.subject, let id = Rows.id(row) { subject = id }
    switch rehearsed.said.verb.name {
    case "invite", "create": return rehearsed.created.map { [(.object($0), true)] } ?? []
    case "drop":
      guard let member = subject, let group = object(words.argument("from")) else { return [] }
      return [(.object(member), true), (.object(group), true), (.membership(member, group), false)]
    case let name where name == "grant" || name == "ungrant":
      guard let collection = subject, let other = object(words.argument(name == "grant" ? "to" : "from")) else { return [] }
      return [(.object(collection), true), (.object(other), true), (.membership(other, collection), name == "grant")]
    default: return subject.map { [(.object($0), false)] } ?? []
    }
  }

  private static func object(_ value: Value?) -> GUID? {
    if case .record(let row)? = value { return Rows.id(row) }
    return nil
  }
}
