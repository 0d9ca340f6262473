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

  /// - Parameter entries: all runs, or at least those that may be younger than the ones that are asked for.
  public init(_ entries: some Sequence<RunStore.Entry>, in store: RunStore) {
    self.store = store
    undos = entries.compactMap { try? $0.record.get() }.filter { $0.undoes != nil && $0.exitStatus == 0 && !$0.calls.isEmpty }
  }

  public func by(_ run: RunID) -> RunID? { by(run, behind: [run]) }

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
}
