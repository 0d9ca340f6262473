internal import SafeLanguage
internal import SecretSafeAPI

/// What an import would do to the organization as it is (`api.md` 6.2): the server does not tell, neither before nor after.
struct ImportPlan {
  private let body: ImportBody
  /// Members that it removes though they are not listed, since it overwrites.
  let unlisted: [Member]
  private let removesListed: Bool
  private let remaining: [Member]
  private let groups: [Group]

  init(_ body: ImportBody, members: [Member], groups: [Group]) {
    self.body = body
    self.groups = groups
    let listed = Set(body.members.filter { !$0.deleted }.map { ExactText($0.externalId) })
    let deleted = Set(body.members.filter(\.deleted).map { ExactText($0.externalId) }).subtracting(listed)
    func isIn(_ set: Set<ExactText>, _ member: Member) -> Bool { member.externalId.map { set.contains(ExactText($0)) } ?? false }
    let ends = members.filter { $0.type != .owner && isIn(deleted, $0) }
    removesListed = !ends.isEmpty
    unlisted = body.overwriteExisting ? members.filter { $0.type != .owner && $0.externalId != nil && !isIn(listed, $0) && !isIn(deleted, $0) } : []
    let gone = Set((ends + unlisted).map(\.id))
    remaining = members.filter { !gone.contains($0.id) }
  }

  /// Whether anything would be other than it is. Who is in the groups is asked for only if all else is so already.
  func changes(memberships: ([GUID]) async throws -> [GUID: Set<GUID>]) async throws -> Bool {
    if removesListed || !unlisted.isEmpty { return true }
    let byExternalID = Dictionary(remaining.compactMap { member in member.externalId.map { (ExactText($0), member.id) } }) { first, _ in first }
    let byEmail = Dictionary(remaining.map { ($0.email.lowercased(), $0) }) { first, _ in first }
    for wanted in body.members where !wanted.deleted && byExternalID[ExactText(wanted.externalId)] == nil {
      // Who is there under another external id is left as is.
      guard let known = wanted.email.flatMap({ byEmail[$0.lowercased()] }), known.externalId != nil else { return true }
    }
    let known = Dictionary(groups.compactMap { group in group.externalId.map { (ExactText($0), group) } }) { first, _ in first }
    var expected: [GUID: Set<GUID>] = [:]
    for wanted in body.groups {
      guard let group = known[ExactText(wanted.externalId)], group.name == wanted.name else { return true }
      expected[group.id] = Set(wanted.memberExternalIds.compactMap { byExternalID[ExactText($0)] })
    }
    let present = try await memberships(Array(expected.keys))
    return expected.contains { present[$0.key] != $0.value }
  }
}

/// The rows that an import takes.
enum ImportRows {
  static let member = RecordType([Field("email", .email), Field("externalId", .text), Field("deleted", .optional(.bool))])
  static let group = RecordType([Field("name", .text), Field("externalId", .text), Field("memberExternalIds", .list(.text))])

  /// More than so many of either need to be announced as a large import.
  private static let ordinarySize = 2000

  static func body(members: Value?, groups: Value?, overwrites: Bool) throws(RunError) -> ImportBody {
    var body = ImportBody(members: [], groups: [], overwriteExisting: overwrites)
    for (index, row) in rows(members).enumerated() {
      let isDeleted = row.value("deleted") == .bool(true)
      if row.text("email") == nil, !isDeleted { throw missing("email", "members", index, row) }
      body.members.append(.init(email: row.text("email"), externalId: try text("externalId", "members", index, row), deleted: isDeleted))
    }
    for (index, row) in rows(groups).enumerated() {
      body.groups.append(
        .init(
          name: try text("name", "groups", index, row), externalId: try text("externalId", "groups", index, row),
          memberExternalIds: (row.value("memberExternalIds").elements ?? []).map(\.printed)))
    }
    body.largeImport = body.members.count > ordinarySize || body.groups.count > ordinarySize
    return body
  }

  private static func rows(_ value: Value?) -> [Row] {
    (value?.elements ?? []).compactMap { if case .record(let row) = $0 { row } else { nil } }
  }

  private static func text(_ field: String, _ list: String, _ index: Int, _ row: Row) throws(RunError) -> String {
    guard let text = row.text(field), !text.isEmpty else { throw missing(field, list, index, row) }
    return text
  }

  private static func missing(_ field: String, _ list: String, _ index: Int, _ row: Row) -> RunError {
    RunError(.invalid, "\(row.origin ?? "row \(index + 1) of '\(list):'") has no \(field)")
  }
}
