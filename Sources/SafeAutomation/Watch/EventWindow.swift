internal import SecretSafeAPI
internal import Synchronization

/// The events that one run of `safesh watch` sees: those of a window of time, but for those that an earlier run saw. It notes which it gives.
///
/// Events have no ids, so they are known by a digest of all that they say; of several that are alike as many are dropped as were seen.
public final class EventWindow: Sendable {
  /// Microseconds since 1970, both ends inclusive.
  public let first: Int
  public let last: Int
  private let seen: [EventMark: Int]
  private let given = Mutex<[EventMark: Int]>([:])

  public init(first: Int, last: Int, after checkpoint: WatchCheckpoint? = nil) {
    self.first = first
    self.last = last
    seen = checkpoint?.seen ?? [:]
  }

  /// One list of events in the run; each gets all that is new.
  struct Pass {
    private var rest: [EventMark: Int]
    fileprivate var given: [EventMark: Int] = [:]

    fileprivate init(_ seen: [EventMark: Int]) { rest = seen }

    /// Whether the script is to see it.
    mutating func admits(_ event: Event) -> Bool {
      let mark = EventMark(event)
      if let count = rest[mark], count > 0 {
        rest[mark] = count - 1
        return false
      }
      given[mark, default: 0] += 1
      return true
    }
  }

  func begin() -> Pass { Pass(seen) }

  func end(_ pass: Pass) { given.withLock { $0.merge(pass.given) { max($0, $1) } } }

  /// What a checkpoint has to know from `moment` on: those that earlier runs saw and those that this one did.
  func seen(from moment: Int) -> [EventMark: Int] {
    var all = seen
    for (mark, count) in given.withLock({ $0 }) { all[mark, default: 0] += count }
    return all.filter { $0.key.moment >= moment }
  }
}

/// What an event is known by.
struct EventMark: Hashable, Sendable {
  /// Microseconds since 1970.
  let moment: Int
  let digest: UInt64

  init(moment: Int, digest: UInt64) { (self.moment, self.digest) = (moment, digest) }

  init(_ event: Event) { self.init(moment: Int(event.date.microseconds), digest: Digest.of(event.json)) }
}

/// FNV-1a of 64 bits, which is the same in every process.
enum Digest {
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 } }

  static func text(_ digest: UInt64) -> String {
    let digits = String(digest, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
