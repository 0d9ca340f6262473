internal import SafeLanguage
internal import SecretSafeAPI

/// What a script said in a call of a verb, to be sent before it says it. There may be hundreds of thousands, so it holds no more than it must.
enum SaidCall: Sendable {
  /// `add MEMBER to: GROUP`: most calls of a large script.
  case joining(Joining)
  case other(Words)

  struct Joining: Sendable {
    let member: GUID
    let group: GUID
    /// What the script named the member by; nil where it is a row.
    fileprivate let address: Address?

    /// As the script will say it, with the organization's ids in place of the twin's.
    func words(_ placeholders: Placeholders?) -> CallWords {
      func id(_ id: GUID) -> GUID { placeholders?.id(id) ?? id }
      return CallWords("add \(address.map { Value.text($0.text).literal } ?? "\(id(member))") to: \(id(group))")
    }
  }

  fileprivate final class Address: Sendable {
    let text: String

    init(_ text: String) { self.text = text }
  }

  final class Words: Sendable {
    fileprivate let verb: UInt8
    let subject: Value
    /// Which of the verb's parameters are named: a bit for each, in their order.
    private let parameters: UInt64
    /// The values of those that are.
    fileprivate let values: [Value]

    fileprivate init(_ call: VerbCall, verb: UInt8) {
      (self.verb, subject) = (verb, call.subject)
      precondition(call.verb.parameters.count <= UInt64.bitWidth, "no verb has so many parameters")
      let named = call.verb.parameters.enumerated().compactMap { place, parameter in call.arguments[parameter.name].map { (place: place, value: $0) } }
      parameters = named.reduce(0) { $0 | 1 << $1.place }
      values = named.map(\.value)
    }

    private var named: [(name: String, value: Value)] {
      let all = VerbEntry.all[Int(verb)].verb.parameters
      return zip(all.indices.filter { parameters & 1 << $0 != 0 }, values).map { (all[$0].name, $1) }
    }

    /// As the script said it, but for what counts it: it was counted in the rehearsal.
    func call(at site: CallSite) -> VerbCall {
      VerbCall(
        verb: VerbEntry.all[Int(verb)].verb, subject: subject, arguments: Dictionary(named.map { ($0.name, $0.value) }) { first, _ in first }, site: site)
    }

    func argument(_ name: String) -> Value? { named.first { $0.name == name }?.value }
  }

  /// - Parameter result: what the twin answered; nil where it refused.
  init(_ call: VerbCall, _ result: VerbResult?) {
    if call.verb.name == "add", case .record(let row)? = call.arguments["to"], let group = Rows.id(row) {
      switch call.subject {
      case .record(let row):
        if let member = Rows.id(row) {
          self = .joining(Joining(member: member, group: group, address: nil))
          return
        }
      case .text(let address):
        if let member = result?.memberOfGroups {
          self = .joining(Joining(member: member, group: group, address: Address(address)))
          return
        }
      default: break
      }
    }
    guard let verb = VerbEntry.all.firstIndex(where: { $0.verb.name == call.verb.name && $0.verb.subject == call.verb.subject }) else {
      preconditionFailure("a rehearsal has carried out '\(call.verb.name)', which is not in the table of verbs")
    }
    self = .other(Words(call, verb: UInt8(verb)))
  }

  var verb: Verb {
    switch self {
    case .joining: VerbEntry.joining.verb
    case .other(let words): VerbEntry.all[Int(words.verb)].verb
    }
  }

  var entry: VerbEntry {
    switch self {
    case .joining: VerbEntry.joining
    case .other(let words): VerbEntry.all[Int(words.verb)]
    }
  }

  /// Whether it makes a member or a group.
  var makesSomething: Bool { ["invite", "create"].contains(verb.name) }

  /// Texts that a request of it holds, but for the address or id that says whom it is about.
  var texts: [String] { if case .other(let words) = self { words.values.flatMap(\.texts) } else { [] } }

  /// Objects that it names.
  var named: [GUID] {
    switch self {
    case .joining(let joining): joining.address == nil ? [joining.member, joining.group] : [joining.group]
    case .other(let words): words.subject.objects + words.values.flatMap(\.objects)
    }
  }
}

extension VerbEntry {
  fileprivate static let joining: VerbEntry = {
    guard let entry = all.first(where: { $0.verb.name == "add" }) else { preconditionFailure("'add' is not in the table of verbs") }
    return entry
  }()
}

extension VerbResult {
  /// Whose memberships it tells.
  fileprivate var memberOfGroups: GUID? { changes.lazy.compactMap { if case .memberships(let member, _, _) = $0 { member } else { nil } }.first }
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
