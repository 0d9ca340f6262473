public import SecretSafeAPI

/// What a command that says nothing yet waits for. It is told of requests and of what comes in, with the times since any fixed moment.
public struct ReadingProgress: Sendable {
  /// Nobody looks for a sign of life sooner.
  static let patience: Duration = .milliseconds(300)
  /// From here on it tells how long it has been, and how to end it.
  private static let isLong: Duration = .seconds(3)

  private var start: Duration?
  /// Requests that are under way, by what they read, the last begun last.
  private var underWay: [(what: String, count: Int)] = []
  private var records: [String: Int] = [:]
  private var answers: [String: Int] = [:]

  public init() {}

  /// A command begins.
  public mutating func begin(at now: Duration) {
    self = ReadingProgress()
    start = now
  }

  public mutating func sent(_ endpoint: Endpoint, at now: Duration) {
    if start == nil { start = now }
    let what = Self.what(endpoint)
    let count = underWay.first { $0.what == what }?.count ?? 0
    underWay.removeAll { $0.what == what }
    underWay.append((what, count + 1))
  }

  /// So many more records of a list came in.
  public mutating func received(_ count: Int, of path: String) {
    guard let list = Self.lists.first(where: { path.hasSuffix($0.path) }) else { return }
    records[Self.what(list), default: 0] += count
  }

  public mutating func answered(_ endpoint: Endpoint) {
    let what = Self.what(endpoint)
    answers[what, default: 0] += 1
    guard let index = underWay.firstIndex(where: { $0.what == what }) else { return }
    underWay[index].count -= 1
    if underWay[index].count <= 0 { underWay.remove(at: index) }
  }

  /// As `reading members 12,400`; nil while it is not worth a word.
  public func line(at now: Duration) -> String? {
    guard let start, now - start >= Self.patience else { return nil }
    var line = "working"
    if let what = underWay.last?.what {
      line = what
      let count = records[what] ?? (what == Self.memberships ? answers[what] : nil) ?? 0
      if count > 0 { line += " \(Self.grouped(count))" }
    }
    guard now - start >= Self.isLong else { return line }
    return "\(line), \(RunProgress.text(seconds: (now - start) / .seconds(1))), Ctrl-C stops"
  }

  private static let lists = Endpoint.all.filter { $0.method == .get && !$0.path.contains("{") }
  private static let memberships = "reading memberships"

  private static func what(_ endpoint: Endpoint) -> String {
    guard endpoint.method == .get else { return "waiting: \(endpoint.summary)" }
    if endpoint.path.hasSuffix("-ids") { return memberships }
    if endpoint.path.contains("{") { return "reading \(endpoint.summary)" }
    return "reading \(endpoint.path.split(separator: "/").last ?? "")"
  }

  private static func grouped(_ number: Int) -> String {
    number < 1000 ? String(number) : grouped(number / 1000) + "," + String(String(1000 + number % 1000).dropFirst())
  }
}
