internal import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// What tells a question of a script from all others, in whatever order they come: its site, and how often it was asked there before. There may be
/// hundreds of thousands, so it holds no more than it must.
struct CallKey: Hashable, Sendable {
  /// The same path is always in the same form.
  private enum Path: Hashable {
    /// As deep as nearly all are; what is not there is -1.
    case short(Int32, Int32, Int32)
    case long([Int])

    init(_ path: [Int]) {
      guard path.count <= 3, path.allSatisfy({ 0...Int(Int32.max) ~= $0 }) else {
        self = .long(path)
        return
      }
      func part(_ index: Int) -> Int32 { index < path.count ? Int32(path[index]) : -1 }
      self = .short(part(0), part(1), part(2))
    }

    var all: [Int] {
      switch self {
      case .short(let first, let second, let third): [first, second, third].filter { $0 >= 0 }.map(Int.init)
      case .long(let path): path
      }
    }
  }

  private let span: (start: Int32, end: Int32)
  private let shortTurn: Int32
  private let place: Path

  var turn: Int { Int(shortTurn) }
  var site: CallSite { CallSite(span: Span(Int(span.start), Int(span.end)), path: path) }
  var path: [Int] { place.all }

  /// Start and end of the place in the source, the turn, and the path.
  var numbers: [Int] { [Int(span.start), Int(span.end), turn] + path }

  init(_ site: CallSite, turn: Int) {
    // Scripts are far shorter; what is not is told apart by its path and turn.
    span = (Int32(clamping: site.span.start), Int32(clamping: site.span.end))
    shortTurn = Int32(clamping: turn)
    place = Path(site.path)
  }

  static func == (a: CallKey, b: CallKey) -> Bool { a.span == b.span && a.shortTurn == b.shortTurn && a.place == b.place }

  func hash(into hasher: inout Hasher) {
    hasher.combine(span.start)
    hasher.combine(span.end)
    hasher.combine(shortTurn)
    hasher.combine(place)
  }

  init?(_ numbers: [Int]) {
    guard numbers.count >= 3 else { return nil }
    self.init(CallSite(span: Span(numbers[0], numbers[1]), path: Array(numbers[3...])), turn: numbers[2])
  }
}

/// A key in 16 bytes, for where there are hundreds of thousands of them: what is different has, for all that can happen, a different one. The same
/// within one process only.
struct CallDigest: Hashable, Sendable {
  private let halves: (UInt64, UInt64)

  init(_ key: CallKey) { halves = (Self.half(0, key), Self.half(1, key)) }

  private static func half(_ number: Int, _ key: CallKey) -> UInt64 {
    var hasher = Hasher()
    hasher.combine(number)
    hasher.combine(key)
    return UInt64(bitPattern: Int64(hasher.finalize()))
  }

  static func == (a: CallDigest, b: CallDigest) -> Bool { a.halves == b.halves }
  func hash(into hasher: inout Hasher) { hasher.combine(halves.0) }
}

/// Gives each question of a script its key.
final class CallTurns: Sendable {
  /// How often something was asked at a site, by the digest of its first turn.
  private let turns = Mutex<[CallDigest: Int32]>([:])

  /// For when nothing more is asked.
  func forget() { turns.withLock { $0 = [:] } }

  func key(_ site: CallSite) -> CallKey {
    let first = CallDigest(CallKey(site, turn: 0))
    return turns.withLock { turns in
      let turn = turns[first, default: 0]
      turns[first] = turn + 1
      return CallKey(site, turn: Int(turn))
    }
  }
}

/// A call's verb, subject and arguments, to compare with what a journal holds.
struct CallWords: Hashable, Sendable {
  /// For people: `invite ann@acme.com type: user`, cut off where it is long.
  let text: String
  /// Of the whole text.
  let checksum: Int

  private static let shownLength = 120

  init(_ call: VerbCall) {
    let words = [call.verb.name, Self.text(call.subject)] + call.arguments.sorted { $0.key < $1.key }.map { "\($0.key): \(Self.text($0.value))" }
    self.init(words.filter { !$0.isEmpty }.joined(separator: " "))
  }

  init(_ text: String) {
    self.text = text.count > Self.shownLength ? text.prefix(Self.shownLength) + "…" : text
    checksum = Int(Checksum.of(text.utf8))
  }

  init(text: String, checksum: Int) {
    self.text = text
    self.checksum = checksum
  }

  /// An object is its id: other fields of it may have changed since.
  private static func text(_ value: Value) -> String {
    switch value {
    case .record(let row): Rows.id(row).map(\.description) ?? value.literal
    case .table(let table) where table.type.index(of: "id") != nil && table.type.index(of: "access") == nil:
      "[" + (0..<table.count).map { Rows.id(Row(table, $0))?.description ?? "?" }.joined(separator: ", ") + "]"
    case .null: ""
    default: value.literal
    }
  }
}
