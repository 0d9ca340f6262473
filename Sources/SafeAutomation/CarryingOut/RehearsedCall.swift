internal import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// A call of a verb as a rehearsal saw it. There may be hundreds of thousands, so it holds no more than it must.
struct RehearsedCall: Sendable {
  let key: CallKey
  let said: SaidCall
  /// Where those of all requests begin that it asked for.
  fileprivate let firstRequest: Int32
  fileprivate let requestCount: Int32
  /// Whether the twin changed something; nil where it refused.
  let changed: Bool?
  /// What else the twin answered; nil for `add`, which gives nothing.
  let twin: TwinAnswer?

  /// The object that the twin gave.
  var id: GUID? { twin?.id }

  /// As the script said it; nil for one that only joins.
  var call: VerbCall? { if case .other(let words) = said { words.call(at: key.site) } else { nil } }

  /// As the script will say it, with the organization's ids in place of the twin's.
  func words(_ placeholders: Placeholders? = nil) -> CallWords {
    switch said {
    case .joining(let joining): return joining.words(placeholders)
    case .other(let words):
      let call = words.call(at: key.site)
      return CallWords(placeholders?.call(call) ?? call)
    }
  }

  /// The id of what it made, which only the twin has.
  var created: GUID? { changed == true && said.makesSomething ? id : nil }

  /// Who comes into which group.
  var joining: (member: GUID, group: GUID)? {
    guard case .joining(let joining) = said, changed != nil else { return nil }
    return (joining.member, joining.group)
  }
}

/// What the twin answered a call, as far as the organization's answer is compared with it. Its ids of new objects are those of no organization.
final class TwinAnswer: Sendable {
  enum Given: Sendable {
    case nothing
    case member(type: MemberType, status: MemberStatus, externalId: String?, permissions: Permissions?)
    case group(name: String, externalId: String?)
    case collection(externalId: String?)
    case other
  }

  let given: Given
  /// What it made of members.
  let statuses: [MemberStatus]
  /// The object that the call is said of, also where the script names it by address.
  let about: GUID?
  private let gaveIt: Bool
  /// It leaves the run not knowing what the lists are.
  let makesStale: Bool

  /// The object that it gave.
  var id: GUID? { gaveIt ? about : nil }

  init(_ result: VerbResult) {
    given =
      switch result.given {
      case .nothing: .nothing
      case .member(let member): .member(type: member.type, status: member.status, externalId: member.externalId, permissions: member.permissions)
      case .group(let group): .group(name: group.name, externalId: group.externalId)
      case .collection(let collection): .collection(externalId: collection.externalId)
      case .policy, .unsavedPolicy, .subscription: .other
      }
    gaveIt = result.id != nil
    statuses = result.statuses
    about = result.id ?? result.others.lazy.compactMap(\.about).first
    makesStale = result.changes.contains { if case .stale = $0 { true } else { false } }
  }
}

extension VerbResult {
  /// What it made of members.
  var statuses: [MemberStatus] {
    others.compactMap { change in
      switch change {
      case .member(let member): member.status
      case .status(_, let status): status
      default: nil
      }
    }
  }
}

extension OrganizationChange {
  /// The one object that it is about.
  fileprivate var about: GUID? {
    switch self {
    case .member(let member): member.id
    case .memberships(let member, _, _): member
    case .status(let member, _): member
    case .removed(_, let id): id
    default: nil
    }
  }
}

/// One request of a rehearsal, in few bytes.
struct PlannedRequest: Hashable, Sendable {
  private enum Place: Hashable {
    case list
    case object(GUID)
    case path(String)
  }

  private static let numbers = Dictionary(Endpoint.all.enumerated().map { ($1.name, UInt8($0)) }) { first, _ in first }

  // In this order it takes 18 bytes.
  private let place: Place
  fileprivate let number: UInt8

  private static func number(of endpoint: Endpoint) -> UInt8 {
    guard let number = numbers[endpoint.name] else { preconditionFailure("\(endpoint.name) is not in the table of endpoints") }
    return number
  }

  /// - Parameter path: below the API's base.
  init(_ endpoint: Endpoint, path: String) {
    number = Self.number(of: endpoint)
    let id = path.split(separator: "/").lazy.compactMap { GUID(String($0)) }.first
    place = path == endpoint.path ? .list : id.flatMap { endpoint.path($0) == path ? .object($0) : nil } ?? .path(path)
  }

  init(_ endpoint: Endpoint, _ id: GUID? = nil) { self.init(number: Self.number(of: endpoint), id) }

  fileprivate init(number: UInt8, _ id: GUID?) {
    self.number = number
    place = id.map { .object($0) } ?? .list
  }

  var endpoint: Endpoint { Endpoint.all[Int(number)] }

  /// Below the API's base.
  var path: String {
    switch place {
    case .list: endpoint.path
    case .object(let id): endpoint.path(id)
    case .path(let path): path
    }
  }
}

/// The requests of many calls, in two bytes where they are about what their call is about.
private struct KeptRequests: Sendable {
  private enum About: UInt8 {
    case list, member, group, given, other
  }

  private var numbers: [UInt8] = []
  private var abouts: [UInt8] = []
  private var others: [Int: PlannedRequest] = [:]

  var count: Int { numbers.count }

  mutating func add(_ request: PlannedRequest, of call: RehearsedCall) {
    let found = [About.list, .member, .group, .given].first { Self.request(request.number, $0, call) == request }
    if found == nil { others[count] = request }
    numbers.append(request.number)
    abouts.append((found ?? .other).rawValue)
  }

  func request(_ index: Int, of call: RehearsedCall) -> PlannedRequest {
    guard let about = About(rawValue: abouts[index]), let request = Self.request(numbers[index], about, call) ?? others[index] else {
      preconditionFailure("a request that is about nothing else was kept whole")
    }
    return request
  }

  private static func request(_ number: UInt8, _ about: About, _ call: RehearsedCall) -> PlannedRequest? {
    switch about {
    case .list: PlannedRequest(number: number, nil)
    case .member: call.joining.map { PlannedRequest(number: number, $0.member) }
    case .group: call.joining.map { PlannedRequest(number: number, $0.group) }
    case .given: call.id.map { PlannedRequest(number: number, $0) }
    case .other: nil
    }
  }
}

/// Collects the requests of one call.
final class CallRequests: Sendable {
  private let state = Mutex<[PlannedRequest]>([])

  var all: [PlannedRequest] { state.withLock { $0 } }

  func add(_ request: PlannedRequest) { state.withLock { $0.append(request) } }
}

/// Everything that a script did in its rehearsal, in an order in which nothing stands before what it had to wait for.
struct RehearsedCalls: Sendable {
  private(set) var calls: [RehearsedCall] = []
  /// What the calls asked for of single objects. The lists that they look at are those of all of them.
  private var requests = KeptRequests()
  var order = CallTree()
  /// It looked at a list afresh: what is sent ahead of its turn would be seen too early.
  var refreshes = false

  /// - Parameter result: what the twin answered; nil where it refused.
  mutating func add(_ key: CallKey, _ call: VerbCall, _ result: VerbResult?, _ asked: [PlannedRequest]) {
    order.add(calls.count, at: key.path)
    let said = SaidCall(call, result)
    var twin: TwinAnswer?
    if case .other = said { twin = result.map { TwinAnswer($0) } }
    calls.append(
      RehearsedCall(
        key: key, said: said, firstRequest: Int32(requests.count), requestCount: Int32(asked.count), changed: result?.changed, twin: twin))
    for request in asked { requests.add(request, of: calls[calls.count - 1]) }
  }

  /// Good until they are forgotten.
  func requests(of call: Int) -> some Sequence<PlannedRequest> {
    let first = Int(calls[call].firstRequest)
    return (first..<first + Int(calls[call].requestCount)).lazy.map { requests.request($0, of: calls[call]) }
  }

  /// Counts them by their paths.
  func addRequests(to paths: inout PlannedPaths) {
    for call in calls.indices { for request in requests(of: call) { paths[request, default: 0] += 1 } }
  }

  /// What is merged is counted.
  mutating func forgetRequests() { requests = KeptRequests() }
}

/// The changes that a plan shows.
struct ShownChanges: Sendable {
  /// Calls that change something.
  private var changing: Set<CallDigest> = []
  /// Calls that were so already, and of which another says the same and changes something: of such rows any may come first.
  private var unchanged: Set<CallDigest> = []

  init(_ calls: [RehearsedCall]) {
    var same: [Int: [CallDigest]] = [:]
    for call in calls where call.changed == false { same[call.words().checksum, default: []].append(CallDigest(call.key)) }
    for call in calls where call.changed == true {
      changing.insert(CallDigest(call.key))
      if !same.isEmpty { unchanged.formUnion(same[call.words().checksum] ?? []) }
    }
  }

  func has(_ key: CallKey) -> Bool {
    let digest = CallDigest(key)
    return changing.contains(digest) || unchanged.contains(digest)
  }
}
