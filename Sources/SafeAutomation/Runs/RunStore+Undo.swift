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

extension RunStore {
  /// The run that took another one back whole, unless it was taken back itself. One that carried out something else than what takes the other
  /// back now did not: an edited script, or one from before the other went on.
  public func undo(of run: RunID) throws(RunStoreError) -> RunID? {
    let undos = try all().compactMap { try? $0.record.get() }.filter { $0.undoes != nil && $0.exitStatus == 0 && !$0.calls.isEmpty }
    // Names are what people give to files, so they may lead in a circle.
    func undo(of run: RunID, behind seen: Set<RunID>) -> RunID? {
      let candidates = undos.filter { $0.undoes == run && !seen.contains($0.id) }
      guard !candidates.isEmpty, let script = try? UndoScript(find(run.description)).text else { return nil }
      return candidates.first { $0.script.text == script && undo(of: $0.id, behind: seen.union([$0.id])) == nil }?.id
    }
    return undo(of: run, behind: [run])
  }
}
