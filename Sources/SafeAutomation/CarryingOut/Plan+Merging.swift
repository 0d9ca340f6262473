internal import SafeLanguage
internal import SecretSafeClient

extension Plan {
  /// Decides what is sent ahead, and counts what that makes of the requests. Of a script that ends in an error nothing is.
  mutating func merge(_ program: CheckedProgram, merges: Bool, _ paths: consuming PlannedPaths, _ pacing: PacingPreset) {
    (merged, mergedTime) = (requests, time)
    mode = merges ? .planned : .unmerged
    guard merges, result.error == nil else { return }
    (schedule, steps) = AheadSchedule.trimmed(calls.order, MergePlan(calls, program).mergeables())
    if steps.isEmpty { return }
    let sent = MergedRequests(steps, of: calls, requests, consume paths)
    merged = sent.requests
    mergedTime = PlannedTime(sent.paths, pacing)
  }
}
