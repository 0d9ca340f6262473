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
  }

  let calls: Set<Int>

  init(_ found: RehearsedCalls) {
    // What is only added to is most of a large script, and is not kept.
    var altered: Set<Thing> = []
    Self.forEach(in: found) { _, _, thing, adds in if !adds { altered.insert(thing) } }
    var touches: [Thing: Touch] = [:]
    if !altered.isEmpty {
      Self.forEach(in: found) { row, call, thing, _ in
        guard altered.contains(thing) else { return }
        touches[thing, default: Touch()].rows.insert(row)
        touches[thing]?.calls.append(call)
      }
    }
    calls = Set(touches.values.filter { $0.rows.count > 1 }.flatMap(\.calls))
  }

  /// Goes through what the calls of rows are about.
  private static func forEach(in found: RehearsedCalls, _ body: (_ row: Int, _ call: Int, Thing, _ adds: Bool) -> Void) {
    for (row, sequence) in found.order.sequences.enumerated() where row > 0 {
      for case .call(let call) in sequence.items {
        for (thing, adds) in things(of: found.calls[call]) { body(row, call, thing, adds) }
      }
    }
  }

  /// What a call is about, and whether it only adds to it.
  private static func things(of rehearsed: RehearsedCall) -> [(Thing, adds: Bool)] {
    let words: SaidCall.Words
    switch rehearsed.said {
    case .joining(let joining):
      return [(.object(joining.member), true), (.object(joining.group), true), (.membership(joining.member, joining.group), true)]
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
