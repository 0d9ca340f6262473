public import SecretSafeAPI
public import SecretSafeClient

/// How far the rows of an `each` are, how long the rest will take, and what they wait for. It is told of rows, requests and waits with their times,
/// which are those since any fixed moment.
public struct RunProgress: Sendable {
  /// Rates are told of so many seconds: shorter ones jump, longer ones tell of what is over.
  static let rateWindow: Duration = .seconds(120)
  private static let sampleEvery: Duration = .seconds(1)

  public private(set) var isRunning = false
  private var (done, failed, total) = (0, 0, 0)
  private var unit = "rows"
  private var start: Duration = .zero
  private var samples: [(time: Duration, done: Int)] = []
  /// Requests since the first row, by method and path.
  private var requests: [String: Int] = [:]
  private var limits: [String: RateLimit] = [:]
  private var wait: PacingWait?

  public init() {}

  public mutating func rows(done: Int, failed: Int, total: Int, unit: String = "rows", isFinished: Bool, at now: Duration) {
    self.unit = unit
    if !isRunning {
      // The first row of another `each`; it was begun before, and most of what was sent for it is its own.
      (isRunning, start, samples) = (true, now, [(now, 0)])
      requests = requests.filter { limits[$0.key] != nil }
    }
    (self.done, self.failed, self.total) = (done, failed, total)
    if let last = samples.last, now - last.time >= Self.sampleEvery {
      samples.append((now, done))
      // One from before the window stays, to count from.
      while samples.count > 2, now - samples[1].time >= Self.rateWindow { samples.removeFirst() }
    }
    if isFinished {
      isRunning = false
      (requests, wait) = ([:], nil)
    }
  }

  /// A request was sent: its method and path.
  public mutating func sent(_ method: String, _ path: String) { requests["\(method) \(path)", default: 0] += 1 }

  /// What requests wait for.
  public mutating func waits(_ wait: PacingWait) {
    self.wait = wait
    guard let limit = wait.limit else { return }
    let key = "\(wait.method) \(wait.path)"
    if let known = limits[key], known.perSecond <= limit.perSecond { return }
    limits[key] = limit
  }

  // MARK: what is told

  /// Rows a minute of late; nil before there is anything to tell.
  func rate(at now: Duration) -> Double? {
    guard let first = samples.first, now > first.time, done > first.done else { return nil }
    return Double(done - first.done) / ((now - first.time) / .seconds(1)) * 60
  }

  /// Seconds until the last row, by what was done so far and by what the limits allow; nil before a row is done.
  func secondsLeft(at now: Duration) -> Double? {
    guard isRunning, done > 0, total > done, now > start else { return nil }
    var rate = Double(done) / ((now - start) / .seconds(1))
    for (path, limit) in limits {
      guard let sent = requests[path], sent > 0 else { continue }
      rate = min(rate, limit.perSecond * Double(done) / Double(sent))
    }
    return Double(total - done) / rate
  }

  /// As `120 of 5000 rows, 3 failed, 60 a minute, 1 h 21 min left; limit: 60 a minute, next in 12 s`.
  public func line(at now: Duration, clock: Timestamp) -> String {
    var parts = ["\(done) of \(total) \(unit)"]
    if failed > 0 { parts.append("\(failed) failed") }
    if let rate = rate(at: now), now - start >= Self.sampleEvery { parts.append(rate < 10 ? "\(Decimals.text(rate, 1)) a minute" : "\(Int(rate)) a minute") }
    if let left = secondsLeft(at: now), now - start >= Self.sampleEvery { parts.append("\(Self.text(seconds: left)) left") }
    let line = parts.joined(separator: ", ")
    guard let (wait, rest) = waiting(clock) else { return line }
    return "\(line); limit: \(wait.limit.map(\.description) ?? "the server says to wait"), next in \(rest) s"
  }

  /// One line of JSON, without its end.
  public func json(at now: Duration, clock: Timestamp) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("progress", isRunning ? unit : "done")
      object.member("done", done)
      object.member("failed", failed)
      object.member("total", total)
      object.key("perMinute")
      if let rate = rate(at: now) { object.number(Decimals.text(rate, 1)) } else { object.null() }
      object.member("secondsLeft", secondsLeft(at: now).map { Int($0.rounded(.up)) })
      object.key("wait")
      if let (wait, rest) = waiting(clock) {
        object.object {
          $0.member("method", wait.method)
          $0.member("path", wait.path)
          $0.member("limit", wait.limit?.description)
          $0.member("seconds", rest)
        }
      } else {
        object.null()
      }
    }
    return writer.bytes
  }

  /// What is waited for, with the seconds that are left; nil for what is over in a moment.
  private func waiting(_ clock: Timestamp) -> (PacingWait, Int)? {
    guard let wait else { return nil }
    let rest = Int((wait.until.microseconds - clock.microseconds + 500_000) / 1_000_000)
    return rest >= 1 ? (wait, rest) : nil
  }

  static func text(seconds: Double) -> String {
    let seconds = Int(min(seconds, 1e9).rounded(.up))
    switch seconds {
    case ..<60: return "\(seconds) s"
    case ..<3_600: return "\((seconds + 30) / 60) min"
    default:
      let minutes = (seconds + 30) / 60
      return "\(minutes / 60) h \(minutes % 60) min"
    }
  }
}

extension RateLimit {
  fileprivate var perSecond: Double { Double(count) / Double(max(1, period)) }
}
