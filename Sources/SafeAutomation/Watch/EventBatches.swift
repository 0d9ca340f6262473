internal import SecretSafeAPI
public import SecretSafeClient

/// Cuts a long window so that no run has to hold more than so many events: fed with them newest first, it remembers every so-manieth moment.
public struct EventBatches: Sendable {
  /// Twenty megabytes or so in a script.
  public static let size = 20_000
  /// Shorter windows are not looked through beforehand.
  public static let shortWindow = 3_600_000_000

  private let size: Int
  private var count = 0
  /// The newest moment of the part, and the one that was fed last with how many events it has: events of one moment stay together.
  private var newest = 0
  private var current = (moment: Int.max, count: 0)
  /// Where windows end, newest first.
  private var ends: [Int] = []

  init(size: Int = size) { self.size = size }

  mutating func add(_ moment: Int) {
    current = (moment, moment == current.moment ? current.count + 1 : 1)
    if count == 0 { newest = moment }
    count += 1
    guard count > size, moment < newest else { return }
    ends.append(moment)
    (count, newest) = (current.count, moment)
  }

  /// The windows, oldest first, both ends inclusive.
  func windows(_ first: Int, _ last: Int) -> [ClosedRange<Int>] {
    var windows: [ClosedRange<Int>] = []
    var start = first
    for end in ends.reversed() where end >= start && end < last {
      windows.append(start...end)
      start = end + 1
    }
    windows.append(start...max(start, last))
    return windows
  }

  /// The windows between two moments, by what the server has there.
  public static func windows(
    _ first: Int, _ last: Int, _ client: Client, isInterrupted: @Sendable () -> Bool
  ) async throws -> [ClosedRange<Int>] {
    guard last - first > shortWindow else { return [first...max(first, last)] }
    var batches = EventBatches()
    let filter = EventFilter(start: Timestamp(microseconds: Int64(first)), end: Timestamp(microseconds: Int64(last)))
    for try await event in client.events(filter) {
      batches.add(Int(event.date.microseconds))
      if batches.count % 64 == 0, isInterrupted() { break }
    }
    return batches.windows(first, last)
  }
}
