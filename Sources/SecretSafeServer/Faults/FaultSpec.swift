/// Which faults a server makes on purpose, and how often, for those who test what their scripts do about them.
public struct FaultSpec: Hashable, Sendable {
  enum Kind: String, Sendable, CaseIterable {
    /// Instead of making the change; so are the other answers below.
    case tooManyRequests = "429"
    case internalError = "500"
    case badGateway = "502"
    case unavailable = "503"
    case gatewayTimeout = "504"
    /// A proxy's page.
    case html
    /// The connection ends before the change is made.
    case closeBefore = "close-before"
    /// The change is made, and the connection ends without an answer.
    case closeAfter = "close-after"
    /// The change is made, and the connection ends in the middle of the answer's body.
    case cut
  }

  /// Milliseconds that each answer may be late: less than what closes a connection whose body is not read.
  static let latencyLimit = 10_000

  /// Shares of all requests, together 1 at most.
  private(set) var rates: [Kind: Double] = [:]
  private(set) var latencyMilliseconds = 0
  /// The same seed and requests one after another give the same faults.
  private(set) var seed: UInt64?

  public static let none = FaultSpec()

  private init() {}

  /// `none`, or names and values as `429=0.1,500=0.05,latency=20ms,close-before=0.01,close-after=0.01,cut=0.01,html=0.02,seed=1`.
  public init(_ text: String) throws(MalformedOption) {
    let text = String(text.filter { !$0.isWhitespace })
    if text == "none" { return }
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2 else { throw MalformedOption("'\(part)' is no fault: write NAME=RATE, such as 429=0.1, or none alone") }
      let (name, value) = (String(pair[0]), String(pair[1]))
      switch name {
      case "latency":
        guard value.hasSuffix("ms"), let number = Int(value.dropLast(2)), 0...Self.latencyLimit ~= number else {
          throw MalformedOption("'\(value)' is no latency: write milliseconds up to \(Self.latencyLimit), such as 20ms")
        }
        latencyMilliseconds = number
      case "seed":
        guard let number = UInt64(value) else { throw MalformedOption("'\(value)' is no seed: write a whole number") }
        seed = number
      default:
        guard let kind = Kind(rawValue: name) else {
          throw MalformedOption("there is no fault '\(name)': there are \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), latency and seed")
        }
        guard let rate = Double(value), 0...1 ~= rate else { throw MalformedOption("'\(value)' is no rate for \(name): write a number from 0 to 1") }
        rates[kind] = rate
      }
    }
    // A little above, for ten times 0.1.
    guard rates.values.reduce(0, +) <= 1.000_001 else { throw MalformedOption("the rates are more than 1 together") }
  }
}

extension FaultSpec: CustomStringConvertible {
  /// As it is read.
  public var description: String {
    var parts = Kind.allCases.compactMap { kind in rates[kind].map { "\(kind.rawValue)=\($0)" } }
    if latencyMilliseconds > 0 { parts.append("latency=\(latencyMilliseconds)ms") }
    if let seed { parts.append("seed=\(seed)") }
    return parts.isEmpty ? "none" : parts.joined(separator: ",")
  }
}

/// Draws the fault of each request.
struct FaultDice: Sendable {
  private let shares: [(kind: FaultSpec.Kind, upTo: Double)]
  private var generator: SplitMix

  init(_ spec: FaultSpec) {
    var sum = 0.0
    shares = FaultSpec.Kind.allCases.compactMap { kind in
      guard let rate = spec.rates[kind], rate > 0 else { return nil }
      sum += rate
      return (kind, sum)
    }
    generator = SplitMix(state: spec.seed ?? .random(in: .min ... .max))
  }

  mutating func roll() -> FaultSpec.Kind? {
    if shares.isEmpty { return nil }
    // The upper 53 bits are a fraction from 0 up to 1.
    let fraction = Double(generator.next() >> 11) * 0x1p-53
    return shares.first { fraction < $0.upTo }?.kind
  }
}
