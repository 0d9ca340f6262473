/// The least time that requests take at limits that are known: what no pacing can go below. Each path has a budget of its own, so the path that
/// takes longest decides.
package enum LimitFloor {
  /// Whole seconds for so many requests of each path; 0 where the preset has no limits.
  package static func seconds(_ requests: some Sequence<(key: PacedCall, value: Int)>, _ preset: PacingPreset) -> Int {
    requests.reduce(0) { max($0, seconds(for: $1.value, preset.limits(for: $1.key))) }
  }

  /// From the first request to the last. Full windows of the longest period pass one after another; in the last one the shorter limits hold, and
  /// nothing is faster than they alone allow.
  package static func seconds(for requests: Int, _ limits: [RateLimit]) -> Int {
    guard requests > 1, let longest = limits.indices.max(by: { limits[$0].period < limits[$1].period }) else { return 0 }
    let limit = limits[longest]
    var shorter = limits
    shorter.remove(at: longest)
    let windows = (requests - 1) / max(1, limit.count)
    return max(windows * limit.period + seconds(for: requests - windows * limit.count, shorter), seconds(for: requests, shorter))
  }
}
