extension RunRecord {
  private static let undoPrefix = "undo-"

  /// The name of the script that takes a run back.
  public static func undoScript(of run: RunID) -> String { "\(undoPrefix)\(run).safe" }

  /// The run that this one takes back, as its script's name says.
  public var undoes: RunID? {
    guard let name = script.path.split(separator: "/").last, name.hasPrefix(Self.undoPrefix), name.hasSuffix(".safe") else { return nil }
    return RunID(String(name.dropFirst(Self.undoPrefix.count).dropLast(5)))
  }
}

/// Which run took another one back whole, unless it was taken back itself. One that carried out something else than what takes the other back now
/// did not: an edited script, or one from before the other went on.
public struct TakenBack {
  private let store: RunStore
  private let undos: [RunRecord]
  private let begun: [RunRecord]

  /// - Parameter entries: all runs, or at least those that may be younger than the ones that are asked for.
  public init(_ entries: some Sequence<RunStore.Entry>, in store: RunStore) {
    self.store = store
    let all = entries.compactMap { try? $0.record.get() }.filter { $0.undoes != nil }
    undos = all.filter { $0.exitStatus == 0 && !$0.calls.isEmpty }
    begun = all.filter { $0.state == .carryingOut || $0.state == .finished && $0.exitStatus != 0 && !$0.calls.isEmpty }
  }

  public func by(_ run: RunID) -> RunID? { by(run, behind: [run]) }

  /// What began to take a run back as it is now, and did not come to its end, or not with every row: once more would be done twice.
  public func inPart(_ run: RunID) -> RunRecord? {
    let candidates = begun.filter { $0.undoes == run }
    guard !candidates.isEmpty, let script = try? UndoScript(store.find(run.description)).text else { return nil }
    return candidates.first { $0.script.text == script && by($0.id) == nil }
  }

  /// Names are what people give to files, so they may lead in a circle.
  private func by(_ run: RunID, behind seen: Set<RunID>) -> RunID? {
    let candidates = undos.filter { $0.undoes == run && !seen.contains($0.id) }
    guard !candidates.isEmpty, let script = try? UndoScript(store.find(run.description)).text else { return nil }
    return candidates.first { $0.script.text == script && by($0.id, behind: seen.union([$0.id])) == nil }?.id
  }
}

extension RunStore {
  /// The run that took another one back.
  public func undo(of run: RunID) throws(RunStoreError) -> RunID? { TakenBack(try all(), in: self).by(run) }

  /// Why a run is not to be taken back once more, and what to do in place of it; nil where nothing did so yet.
  public func refusalToUndo(_ run: RunID) throws(RunStoreError) -> String? {
    let taken = TakenBack(try all(), in: self)
    if let other = taken.by(run) { return "the run \(run) was taken back already, by \(other)" }
    guard let part = taken.inPart(run) else { return nil }
    let way = part.state == .finished ? "resume --failed" : "resume"
    return "the run \(run) was taken back in part, by \(part.id); 'safesh \(way) \(part.id)' goes on with that"
  }
}
