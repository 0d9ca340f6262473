internal import FoundationEssentials
internal import SafeLanguage
internal import SecretSafeAPI

extension JournalEntry {
  /// A line's object.
  ///
  /// - Throws: a `DecodingError` for one that this version did not write.
  init(json: [UInt8]) throws {
    let line = try JSONDecoder().decode(Line.self, from: Data(json))
    guard let entry = line.entry else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "it is no line of a journal"))
    }
    self = entry
  }

  /// All that may be in a line.
  private struct Line: Decodable {
    var began: Int?
    var change: Change?
    var key: [Int]?
    var seen: Int?
    var events: [Event]?
    var environment: String?
    var value: String?
    var uuid: String?
    var input: String?
    var file: String?
    var intent: Int?
    var words: String?
    var checksum: Int?
    var sent: Int?
    var request: String?
    var at: Int?
    var done: Int?
    var changed: Bool?
    var permitted: Int?
    var unsavedPolicy: Int?
    var member: Member?
    var group: Group?
    var collection: SharedCollection?
    var policy: Policy?
    var subscription: Subscription?
    var also: [Change]?
    var undo: [Inverse.Form]?
    var failed: Int?
    var kind: Int?
    var message: String?
    var status: Int?
    var unknown: Bool?
    var row: Int?
    var outcome: Int?
    var ahead: Int?
    var keys: [[Int]]?
    var answer: Int?
    var answered: Int?
    /// As an earlier version wrote them, with `answered`: it is not read as if there had been none.
    var answers: [Line]?
    var aheadEnded: Bool?
    var planned: Bool?
    var lasting: String?

    var callKey: CallKey? { key.flatMap { CallKey($0) } }

    var entry: JournalEntry? {
      if let done { return result.map { .done(call: done, $0, permitted: permitted ?? 0) } }
      if let sent, let request, let at { return inverses.map { .sent(call: sent, request: request, at: at, $0) } }
      if let intent, let callKey, let words, let checksum { return .intent(call: intent, callKey, CallWords(text: words, checksum: checksum)) }
      if let seen, let callKey { return .seen(callKey, version: seen) }
      if let row, let callKey, let outcome = outcome.flatMap({ EachOutcome(rawValue: $0) }) { return .row(callKey.site, index: row, outcome) }
      if let failed, let kind = kind.flatMap({ ErrorKind(rawValue: $0) }), let message {
        return .failed(call: failed, RunError(kind, message, status: status, isOutcomeUnknown: unknown ?? false))
      }
      if let ahead, let keys { return .ahead(step: ahead, keys.compactMap { CallKey($0) }) }
      if let answer, let callKey, let words, let checksum {
        return result.map { .answer(step: answer, AheadAnswer(key: callKey, words: CallWords(text: words, checksum: checksum), result: $0)) }
      }
      if let answered { return answers == nil ? .answered(step: answered) : nil }
      if planned == true { return .planned }
      if let lasting { return .lasting(lasting) }
      if aheadEnded == true { return .aheadEnded }
      if let events, let callKey { return .events(callKey, events) }
      if let change = change?.change { return .change(change) }
      if let began { return .began(at: began) }
      if let uuid, let callKey { return .uuid(callKey, uuid) }
      if let environment { return .environment(environment, value: value) }
      if let input, let file { return .input(path: input, file: file) }
      return nil
    }

    private var result: VerbResult? {
      guard let changed else { return nil }
      let others = (also ?? []).compactMap(\.change)
      guard others.count == also?.count ?? 0 else { return nil }
      return inverses.map { VerbResult(given, changed: changed, others).undone(by: $0) }
    }

    private var inverses: [Inverse]? {
      let inverses = (undo ?? []).compactMap(\.inverse)
      return inverses.count == undo?.count ?? 0 ? inverses : nil
    }

    private var given: VerbResult.Given {
      if let member { return .member(member) }
      if let group { return .group(group) }
      if let collection { return .collection(collection) }
      if let policy { return .policy(policy) }
      if let subscription { return .subscription(subscription) }
      return unsavedPolicy.map { .unsavedPolicy(PolicyType(rawValue: $0)) } ?? .nothing
    }
  }

  private struct Memberships: Decodable {
    var id: GUID
    var ids: [GUID]
  }

  /// All that may be in a change.
  private struct Change: Decodable {
    var members: [Member]?
    var groups: [Group]?
    var collections: [SharedCollection]?
    var policies: [Policy]?
    var subscription: Subscription?
    var groupsOf: [Memberships]?
    var membersOf: [Memberships]?
    var member: Member?
    var group: Group?
    var collection: SharedCollection?
    var policy: Policy?
    var removed: Resource?
    var id: GUID?
    var status: Int?
    var memberships: [GUID]?
    var overRead: Bool?
    var joined: GUID?
    var to: GUID?
    var stale: [Resource]?
    var membershipsForgotten: Bool?

    private static func dictionary(_ pairs: [Memberships]) -> [GUID: [GUID]] {
      Dictionary(pairs.map { ($0.id, $0.ids) }) { $1 }
    }

    var change: OrganizationChange? {
      if let member { return .member(member) }
      if let id, let memberships { return .memberships(id, memberships, overRead: overRead ?? false) }
      if let joined, let to { return .joined(joined, to) }
      if let id, let removed { return .removed(removed, id) }
      if let id, let status { return .status(id, MemberStatus(rawValue: status)) }
      if let group { return .group(group) }
      if let collection { return .collection(collection) }
      if let policy { return .policy(policy) }
      if let members { return .members(members) }
      if let groups { return .groups(groups) }
      if let collections { return .collections(collections) }
      if let policies { return .policies(policies) }
      if let subscription { return .subscription(subscription) }
      if let groupsOf { return .groupsOf(Self.dictionary(groupsOf)) }
      if let membersOf { return .membersOf(Self.dictionary(membersOf)) }
      if let stale { return .stale(stale) }
      return membershipsForgotten == true ? .membershipsForgotten : nil
    }
  }
}
