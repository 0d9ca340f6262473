internal import SafeLanguage
internal import SecretSafeAPI

/// How a call can be sent before the script says it: with which others it makes one request.
struct Mergeable: Sendable, Hashable {
  /// Calls of one target can be answered by one request. Ids are those of the rehearsal.
  enum Target: Hashable, Sendable {
    /// Somebody who is not there yet comes, with a role, groups and access.
    case invitation(GUID)
    /// A group gets members.
    case group(GUID)
    /// A member gets groups.
    case member(GUID)
    /// Fields of one object are set.
    case object(GUID)
    /// A collection is opened to groups.
    case access(GUID)
    /// By itself: it keeps its place before what is merged behind it.
    case single
  }

  var target: Target
  /// An invitation that an import can stand for.
  var isImportable = false

  // There may be hundreds of thousands, and nearly all wait for one or none.
  private var joined: Int32?
  private var need: Int32?
  private var otherNeeds: [Int32] = []

  init(target: Target, joins: Int? = nil, isImportable: Bool = false, needs: [Int] = []) {
    (self.target, self.isImportable) = (target, isImportable)
    (self.joins, self.needs) = (joins, needs)
  }

  /// The call that invites somebody in whose invitation it can be, if that is a request of its own.
  var joins: Int? {
    get { joined.map { Int($0) } }
    set { joined = newValue.map { Int32($0) } }
  }

  /// Calls that make what it names: it waits for their ids.
  var needs: [Int] {
    get { (need.map { [Int($0)] } ?? []) + otherNeeds.map { Int($0) } }
    set { (need, otherNeeds) = (newValue.first.map { Int32($0) }, newValue.dropFirst().map { Int32($0) }) }
  }

  /// Whether all that it waits for is there.
  func isReady(_ isThere: (_ call: Int) -> Bool) -> Bool { need.map { isThere(Int($0)) } != false && otherNeeds.allSatisfy { isThere(Int($0)) } }
}

/// Finds out of a rehearsal what can be sent ahead of the script, and with what.
struct MergePlan {
  private let found: RehearsedCalls
  private let program: CheckedProgram
  /// Objects that only the twin has, with the calls that made them.
  private let makers: [GUID: Int]
  /// Whether the script looks at ids, and so may send what it made of one.
  private let namesIDs: Bool

  init(_ found: RehearsedCalls, _ program: CheckedProgram) {
    self.found = found
    self.program = program
    makers = Dictionary(found.calls.enumerated().compactMap { index, call in call.created.map { ($0, index) } }) { first, _ in first }
    namesIDs = ["Member", "Group"].contains { program.fieldsRead[$0]?.isDisjoint(with: ["id", "userId"]) == false }
  }

  /// For each call; nil where it has to wait until the script says it.
  func mergeables() -> [Mergeable?] {
    var result = [Mergeable?](repeating: nil, count: found.calls.count)
    if found.refreshes { return result }
    let importable = importableCalls()
    let covered = cover()
    let disputed = DisputedCalls(found).calls
    // A text may hold an id that only the twin knows, or something made of one.
    var isAfterCreation = false
    for index in found.order.inOrder {
      let call = found.calls[index]
      let texts = call.said.texts
      if !disputed.contains(index), !(namesIDs && isAfterCreation && !texts.isEmpty), !texts.contains(where: namesPlaceholder) {
        result[index] = mergeable(index, importable, covered)
        result[index]?.needs = call.said.named.compactMap { makers[$0] }
      }
      if call.created != nil { isAfterCreation = true }
    }
    return result
  }

  /// Of an id as text.
  private static let idLength = 36

  private func namesPlaceholder(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard bytes.count >= Self.idLength, !makers.isEmpty else { return false }
    return (0...(bytes.count - Self.idLength)).contains { start in
      bytes[start + 8] == UInt8(ascii: "-")
        && GUID(String(decoding: bytes[start..<(start + Self.idLength)], as: UTF8.self)).map { makers[$0] != nil } == true
    }
  }

  // MARK: what goes with what

  private func mergeable(_ index: Int, _ importable: Set<Int>, _ covered: [Side?]) -> Mergeable? {
    let call = found.calls[index]
    // What the twin refused is sent as it is written.
    if call.changed == nil || call.twin?.makesStale == true { return nil }
    if case .never = call.said.entry.settling { return nil }
    guard case .other(let words) = call.said else {
      guard let (member, group) = call.joining, let side = covered[index] else { return nil }
      return Mergeable(target: side == .group ? .group(group) : .member(member), joins: makers[member])
    }
    let verb = call.said.verb
    switch (verb.name, verb.subject) {
    case ("import", _), ("add", _): return nil
    case ("invite", _):
      guard let id = call.created else { return nil }
      return Mergeable(target: .invitation(id), isImportable: importable.contains(index))
    case ("update", .row("Member")):
      guard let id = call.id else { return nil }
      if words.setsLists { return Mergeable(target: .single) }
      return Mergeable(target: .object(id), joins: makers[id])
    case ("update", .row("Group")), ("update", .row("Collection")):
      guard let id = call.id, !words.setsLists else { return Mergeable(target: .single) }
      return Mergeable(target: .object(id))
    case ("grant", _):
      guard case .record(let row)? = words.argument("to"), row.type.resource == "Group", case .record(let collection) = words.subject,
        let id = Rows.id(collection)
      else { return Mergeable(target: .single) }
      return Mergeable(target: .access(id))
    default: return Mergeable(target: .single)
    }
  }

  /// Invitations that mean the same in an import (design, section 4): plain users with an external id of their own.
  private func importableCalls() -> Set<Int> {
    // The call with each text; -1 where there are several.
    var calls: [ExactText: Int] = [:]
    for (index, call) in found.calls.enumerated() {
      guard call.created != nil, case .other(let words) = call.said, call.said.verb.name == "invite" else { continue }
      let body = VerbEntry.inviteBody(words.call(at: call.key.site))
      guard body.type == .user, body.permissions == nil, (body.collections ?? []).isEmpty, (body.groups ?? []).isEmpty, let text = body.externalId else { continue }
      calls[ExactText(text)] = calls[ExactText(text)] == nil ? index : -1
    }
    return Set(calls.values.filter { $0 >= 0 })
  }

  /// From which side a membership is added.
  private enum Side { case group, member }

  /// Which side each membership is added from, so that there are few requests: the group or member that most of those left have in common goes
  /// next.
  private func cover() -> [Side?] {
    var left: [Mergeable.Target: [Int]] = [:]
    for (index, call) in found.calls.enumerated() {
      guard let (member, group) = call.joining else { continue }
      left[.group(group), default: []].append(index)
      left[.member(member), default: []].append(index)
    }
    var result = [Side?](repeating: nil, count: found.calls.count)
    // The same in every process: a run that is taken up has the same steps.
    var queue = left.sorted { a, b in
      if a.value.count != b.value.count { return a.value.count > b.value.count }
      return a.value[0] != b.value[0] ? a.value[0] < b.value[0] : a.key.isGroup && !b.key.isGroup
    }[...]
    while let (target, calls) = queue.popFirst() {
      let rest = calls.filter { result[$0] == nil }
      if rest.isEmpty { continue }
      // Others may have more by now: it is put back behind them.
      if let next = queue.first, rest.count < calls.count, next.value.count > rest.count {
        let place = queue.firstIndex { $0.value.count <= rest.count } ?? queue.endIndex
        queue.insert((target, rest), at: place)
        continue
      }
      for call in rest { result[call] = target.isGroup ? .group : .member }
    }
    return result
  }
}

extension Mergeable.Target {
  fileprivate var isGroup: Bool { if case .group = self { true } else { false } }
}

extension SaidCall.Words {
  /// It sets groups or access as a whole, and so may take some away.
  fileprivate var setsLists: Bool { argument("groups") != nil || argument("collections") != nil }
}
