internal import SafeLanguage
internal import SecretSafeClient

extension Plan {
  /// Decides what is sent ahead, and counts what that makes of the requests. Of a script that ends in an error nothing is.
  ///
  /// - Parameter paths: of the requests that are no call's.
  mutating func merge(_ program: CheckedProgram, merges: Bool, _ paths: PlannedPaths, _ pacing: PacingPreset) {
    mode = merges ? .planned : .unmerged
    if merges, result.error == nil { (schedule, steps) = AheadSchedule.trimmed(calls.order, MergePlan(calls, program).mergeables()) }
    // Where nothing is limited no path has to be counted, and of a large script there are hundreds of thousands.
    var paths = paths
    if pacing != .none { calls.addRequests(to: &paths) }
    time = PlannedTime(paths, pacing)
    (merged, mergedTime) = (requests, time)
    if steps.isEmpty { return }
    let sent = MergedRequests(steps, of: calls, requests, pacing == .none ? nil : consume paths)
    merged = sent.requests
    mergedTime = PlannedTime(sent.paths, pacing)
  }
}
