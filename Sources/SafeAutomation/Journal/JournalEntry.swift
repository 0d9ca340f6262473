internal import SafeLanguage
internal import SecretSafeAPI

/// A line of a journal.
enum JournalEntry: Sendable {
  /// The run began, or was taken up; microseconds since 1970.
  case began(at: Int)
  /// What the run knows changed, by itself.
  case change(OrganizationChange)
  /// A read saw what was known after so many changes.
  case seen(CallKey, version: Int)
  case events(CallKey, [Event])
  case environment(String, value: String?)
  case uuid(CallKey, String)
  /// The copy of an input in the run's folder.
  case input(path: String, file: String)
  /// A call is about to be carried out.
  case intent(call: Int, CallKey, CallWords)
  /// A request of it is about to leave, in microseconds since 1970; what takes it back is with the first that knows it.
  case sent(call: Int, request: String, at: Int, [Inverse] = [])
  /// It was answered; so many changes count against the caps.
  case done(call: Int, VerbResult, permitted: Int)
  /// It failed, or nobody knows what became of it.
  case failed(call: Int, RunError)
  /// A rehearsal was told all that stands before, and its plan is carried out from here.
  case planned
  /// The plan brings about what no call says, and what stays whatever is taken back: in words.
  case lasting(String)
  /// Calls are about to be answered before the script says them, all by one step.
  case ahead(step: Int, [CallKey])
  /// What a call of a step came to. It counts once the step is through: each has a line of its own, so that a long step is no long line.
  case answer(step: Int, AheadAnswer)
  /// A step is through.
  case answered(step: Int)
  /// Nothing more is sent ahead.
  case aheadEnded
  /// A row of an `each` is through.
  case row(CallSite, index: Int, EachOutcome)
}

/// What a call came to before the script said it.
struct AheadAnswer: Sendable {
  let key: CallKey
  let words: CallWords
  let result: VerbResult
}

extension JournalEntry {
  /// One object, in a line.
  var json: [UInt8] {
    var writer = JSONWriter(reserving: 256)
    writer.object { $0.fields(of: self) }
    return writer.bytes
  }
}

extension JSONWriter {
  /// The object of a line.
  mutating func entry(_ entry: JournalEntry) { object { $0.fields(of: entry) } }

  fileprivate mutating func fields(of entry: JournalEntry) {
    switch entry {
    case .began(let moment): member("began", moment)
    case .change(let change):
      key("change")
      object { $0.fields(of: change) }
    case .seen(let key, let version):
      member("key", key)
      member("seen", version)
    case .events(let key, let events):
      member("key", key)
      self.key("events")
      array(events) { $1.write(to: &$0) }
    case .environment(let name, let value):
      member("environment", name)
      member("value", value)
    case .uuid(let key, let id):
      member("key", key)
      member("uuid", id)
    case .input(let path, let file):
      member("input", path)
      member("file", file)
    case .intent(let call, let key, let words):
      member("intent", call)
      member("key", key)
      member("words", words.text)
      member("checksum", words.checksum)
    case .sent(let call, let request, let moment, let inverses):
      member("sent", call)
      member("request", request)
      member("at", moment)
      if !inverses.isEmpty { member("undo", inverses) }
    case .done(let call, let result, let permitted):
      member("done", call)
      member("changed", result.changed)
      member("permitted", permitted)
      fields(of: result)
    case .failed(let call, let error):
      member("failed", call)
      member("kind", error.kind.rawValue)
      member("message", error.told)
      if let status = error.status { member("status", status) }
      if error.isOutcomeUnknown { member("unknown", true) }
    case .ahead(let step, let keys):
      member("ahead", step)
      self.key("keys")
      array(keys) { writer, key in writer.array(key.numbers) { $0.int($1) } }
    case .answer(let step, let answer):
      member("answer", step)
      member("key", answer.key)
      member("words", answer.words.text)
      member("checksum", answer.words.checksum)
      member("changed", answer.result.changed)
      fields(of: answer.result)
    case .answered(let step): member("answered", step)
    case .planned: member("planned", true)
    case .lasting(let words): member("lasting", words)
    case .aheadEnded: member("aheadEnded", true)
    case .row(let site, let index, let outcome):
      member("key", CallKey(site, turn: 0))
      member("row", index)
      member("outcome", outcome.rawValue)
    }
  }

  private mutating func member(_ name: StaticString, _ key: CallKey) {
    self.key("\(name)")
    array(key.numbers) { $0.int($1) }
  }

  private mutating func fields(of result: VerbResult) {
    switch result.given {
    case .nothing: break
    case .unsavedPolicy(let type): member("unsavedPolicy", type.rawValue)
    case .member(let model): member("member", model)
    case .group(let model): member("group", model)
    case .collection(let model): member("collection", model)
    case .policy(let model): member("policy", model)
    case .subscription(let model): member("subscription", model)
    }
    if !result.others.isEmpty {
      key("also")
      array(result.others) { writer, change in writer.object { $0.fields(of: change) } }
    }
    if !result.inverses.isEmpty { member("undo", result.inverses) }
  }

  private mutating func member(_ name: StaticString, _ model: some JSONWritable) {
    key("\(name)")
    model.write(to: &self)
  }

  private mutating func member(_ name: StaticString, _ models: [some JSONWritable]) {
    key("\(name)")
    array(models) { $1.write(to: &$0) }
  }

  private mutating func member(_ name: StaticString, _ memberships: [GUID: [GUID]]) {
    key("\(name)")
    array(memberships) { writer, pair in
      writer.object {
        $0.member("id", pair.key)
        $0.member("ids", pair.value)
      }
    }
  }

  private mutating func fields(of change: OrganizationChange) {
    switch change {
    case .members(let models): member("members", models)
    case .groups(let models): member("groups", models)
    case .collections(let models): member("collections", models)
    case .policies(let models): member("policies", models)
    case .subscription(let model): member("subscription", model)
    case .groupsOf(let found): member("groupsOf", found)
    case .membersOf(let found): member("membersOf", found)
    case .member(let model): member("member", model)
    case .group(let model): member("group", model)
    case .collection(let model): member("collection", model)
    case .policy(let model): member("policy", model)
    case .removed(let resource, let id):
      member("removed", resource.rawValue)
      member("id", id)
    case .status(let id, let status):
      member("id", id)
      member("status", status.rawValue)
    case .memberships(let member, let groups, let overRead):
      self.member("id", member)
      self.member("memberships", groups)
      self.member("overRead", overRead)
    case .joined(let member, let group):
      self.member("joined", member)
      self.member("to", group)
    case .stale(let resources):
      key("stale")
      array(resources) { $0.string($1.rawValue) }
    case .membershipsForgotten: member("membershipsForgotten", true)
    }
  }
}
