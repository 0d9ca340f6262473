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
  /// Somebody in whose invitation it can be, if that is a request of its own.
  var joins: GUID?
  /// An invitation that an import can stand for.
  var isImportable = false
  /// Calls that make what it names: it waits for their ids.
  var needs: [Int] = []
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
      let texts = call.texts
      if !disputed.contains(index), !(namesIDs && isAfterCreation && !texts.isEmpty), !texts.contains(where: namesPlaceholder) {
        result[index] = mergeable(index, importable, covered)
        result[index]?.needs = call.named.compactMap { makers[$0] }
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

  private func mergeable(_ index: Int, _ importable: Set<Int>, _ covered: [Int: Mergeable.Target]) -> Mergeable? {
    let call = found.calls[index]
    // What the twin refused is sent as it is written.
    guard let result = call.result, let entry = try? VerbEntry.of(call.call.verb) else { return nil }
    if case .never = entry.settling { return nil }
    let makesStale = result.changes.contains { if case .stale = $0 { true } else { false } }
    if makesStale { return nil }
    switch (call.call.verb.name, call.call.verb.subject) {
    case ("import", _): return nil
    case ("invite", _):
      guard let id = call.created else { return nil }
      return Mergeable(target: .invitation(id), isImportable: importable.contains(index))
    case ("add", _):
      guard let (member, _) = call.joining, let target = covered[index] else { return nil }
      return Mergeable(target: target, joins: makers[member] != nil ? member : nil)
    case ("update", .row("Member")):
      guard let id = result.id else { return nil }
      if call.call.setsLists { return Mergeable(target: .single) }
      return Mergeable(target: .object(id), joins: makers[id] != nil ? id : nil)
    case ("update", .row("Group")), ("update", .row("Collection")):
      guard let id = result.id, !call.call.setsLists else { return Mergeable(target: .single) }
      return Mergeable(target: .object(id))
    case ("grant", _):
      guard case .record(let row)? = call.call.arguments["to"], row.type.resource == "Group", case .record(let collection) = call.call.subject,
        let id = Rows.id(collection)
      else { return Mergeable(target: .single) }
      return Mergeable(target: .access(id))
    default: return Mergeable(target: .single)
    }
  }

  /// Invitations that mean the same in an import (design, section 4): plain users with an external id of their own.
  private func importableCalls() -> Set<Int> {
    var calls: [ExactText: [Int]] = [:]
    for (index, call) in found.calls.enumerated() where call.call.verb.name == "invite" && call.created != nil {
      let body = VerbEntry.inviteBody(call.call)
      guard body.type == .user, body.permissions == nil, (body.collections ?? []).isEmpty, (body.groups ?? []).isEmpty, let text = body.externalId else { continue }
      calls[ExactText(text), default: []].append(index)
    }
    return Set(calls.values.compactMap { $0.count == 1 ? $0[0] : nil })
  }

  /// Which side each membership is added from, so that there are few requests: the group or member that most of those left have in common goes
  /// next.
  private func cover() -> [Int: Mergeable.Target] {
    var left: [Mergeable.Target: [Int]] = [:]
    for (index, call) in found.calls.enumerated() {
      guard let (member, group) = call.joining else { continue }
      left[.group(group), default: []].append(index)
      left[.member(member), default: []].append(index)
    }
    var result: [Int: Mergeable.Target] = [:]
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
      for call in rest { result[call] = target }
    }
    return result
  }
}

extension RehearsedCall {
  /// The id of what it made, which only the twin has.
  var created: GUID? {
    guard let result, result.changed, ["invite", "create"].contains(call.verb.name) else { return nil }
    return result.id
  }

  /// Who comes into which group.
  var joining: (member: GUID, group: GUID)? {
    guard call.verb.name == "add", case .record(let row)? = call.arguments["to"], let group = Rows.id(row), let result else { return nil }
    for case .memberships(let member, _, _) in result.changes { return (member, group) }
    return nil
  }

  /// Texts that a request of it holds, but for the address or id that says whom it is about.
  fileprivate var texts: [String] { call.arguments.values.flatMap { $0.texts } }

  /// Objects that it names.
  fileprivate var named: [GUID] { ([call.subject] + call.arguments.values).flatMap { $0.objects } }
}

extension Value {
  fileprivate var texts: [String] {
    switch self {
    case .text(let text): [text]
    case .list(let values): values.flatMap(\.texts)
    // An object is sent as its id.
    case .record(let row): Rows.id(row) != nil ? [] : row.type.fields.flatMap { row.value($0.name).texts }
    default: []
    }
  }

  fileprivate var objects: [GUID] {
    switch self {
    case .record(let row): Rows.id(row).map { [$0] } ?? []
    case .table(let table): (0..<table.count).compactMap { Rows.id(Row(table, $0)) }
    case .list(let values): values.flatMap(\.objects)
    default: []
    }
  }
}

extension Mergeable.Target {
  fileprivate var isGroup: Bool { if case .group = self { true } else { false } }
}

extension VerbCall {
  /// It sets groups or access as a whole, and so may take some away.
  fileprivate var setsLists: Bool { arguments["groups"] != nil || arguments["collections"] != nil }
}
