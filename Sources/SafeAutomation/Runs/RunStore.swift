internal import Glibc
internal import SafeSystem
public import SecretSafeAPI

/// The runs of a person: a folder for each, below the XDG state folder, which only its owner can look into.
public struct RunStore: Sendable {
  public let folder: String

  public init(folder: String) { self.folder = folder }

  /// `$XDG_STATE_HOME/safesh/runs`; nil where there is no place for it.
  public init?(environment: [String: String]) {
    guard let state = BaseDirectory.state.folder(in: environment) else { return nil }
    self.init(folder: state + "/runs")
  }

  /// A run as lists tell it; the record of one that is damaged says what is wrong.
  public struct Entry: Sendable {
    public let folder: RunFolder
    public let record: Result<RunRecord, RunStoreError>

    /// Whether something is left to do. Nobody knows that of a damaged one.
    public var isUnfinished: Bool { (try? record.get())?.state != .finished }
  }

  /// Makes the folder of a run with its `run.json`: whole and on disk, or not at all. If the name is taken the run gets another one.
  public func create(_ record: RunRecord) throws(RunStoreError) -> RunFolder {
    var record = record
    do throws(SystemFailure) {
      try PrivateFolder.make(folder)
      while true {
        let made = RunFolder(id: record.id, path: "\(folder)/\(record.id)")
        let draft = RunFolder(id: record.id, path: "\(folder)/\(Self.draftPrefix)\(record.id)")
        if mkdir(draft.path, 0o700) == 0 {
          try draft.put(record)
          if rename(draft.path, made.path) == 0 {
            try FolderContents.sync(folder)
            return made
          }
          let failure = SystemFailure.last
          try? FolderContents.remove(draft.path)
          guard [ENOTEMPTY, EEXIST].contains(failure.code) else { throw failure }
        } else if errno != EEXIST {
          throw .last
        }
        record.id = RunID(at: record.created)
      }
    } catch { throw RunStoreError(folder, error) }
  }

  /// Every run, the newest first.
  public func all() throws(RunStoreError) -> [Entry] { ordered(try ids().map { entry($0) }) }

  /// The one that a person means: by its name, the beginning of it, or its four letters.
  public func find(_ text: String) throws(RunStoreError) -> RunFolder {
    let meant = try ids().filter { $0.isMeant(by: text) }
    guard let id = meant.first else { throw RunStoreError(.notFound, "there is no run '\(text)'; 'safesh runs' lists them") }
    if meant.count > 1, id.description != text {
      let names = meant.prefix(5).map(\.description).joined(separator: ", ") + (meant.count > 5 ? ", …" : "")
      throw RunStoreError(.notFound, "'\(text)' is the beginning of \(meant.count) runs: \(names)")
    }
    return run(id)
  }

  /// The newest run, whether it finished or not.
  public func last() throws(RunStoreError) -> RunFolder? {
    let ids = try ids()
    return ordered(ids.prefix { ids.first?.isOfSecond($0) ?? false }.map { entry($0) }).first?.folder
  }

  /// The newest run that did not finish. A damaged one is passed over.
  public func lastUnfinished() throws(RunStoreError) -> RunFolder? {
    for entry in try all() {
      if case .success(let record) = entry.record, record.state != .finished { return entry.folder }
    }
    return nil
  }

  /// The newest first. Names tell seconds, records what was first in one of them.
  private func ordered(_ entries: [Entry]) -> [Entry] {
    entries.sorted { one, other in
      let (a, b) = (one.folder.id, other.folder.id)
      guard a.isOfSecond(b) else { return a > b }
      // One that cannot be read is the oldest of its second.
      switch (try? one.record.get().created, try? other.record.get().created) {
      case (let first?, let second?) where first != second: return first > second
      case (nil, _?): return false
      case (_?, nil): return true
      default: return a > b
      }
    }
  }

  private func run(_ id: RunID) -> RunFolder { RunFolder(id: id, path: "\(folder)/\(id)") }

  private func entry(_ id: RunID) -> Entry {
    let folder = run(id)
    return Entry(folder: folder, record: Result { () throws(RunStoreError) in try folder.record() })
  }

  private func ids() throws(RunStoreError) -> [RunID] {
    do { return try FolderContents.names(in: folder).compactMap { RunID($0) }.sorted(by: >) } catch { throw RunStoreError(folder, error) }
  }

  // MARK: what goes

  /// What a folder is called until it is whole, and when it goes: no name of a run, so that nobody finds half of one.
  static let draftPrefix = ".new-"
  static let removalPrefix = ".gone-"

  /// Removes a run that nobody works on.
  public func remove(_ run: RunFolder) throws(RunStoreError) {
    try remove(run, holding: try run.lock())
  }

  /// Removes a run that this process works on.
  public func remove(_ run: RunFolder, holding lock: RunLock) throws(RunStoreError) {
    let gone = "\(folder)/\(Self.removalPrefix)\(run.id)"
    try withExtendedLifetime(lock) { () throws(RunStoreError) in
      guard rename(run.path, gone) == 0 else { throw RunStoreError(run.path, .last) }
      do throws(SystemFailure) { try FolderContents.remove(gone) } catch { throw RunStoreError(gone, error) }
    }
  }

  /// Keeps in mind that a plan was carried out, though the run that did so goes.
  public func keepCarriedOut(_ plan: String) throws(RunStoreError) {
    let path = carriedOutPath
    do throws(SystemFailure) {
      let earlier = try WholeFile.readIfThere(path) ?? []
      let file = try FileReplacement(of: path, mode: .exactly(0o600))
      try file.write(earlier + Array("\(plan)\n".utf8))
      try file.finish()
    } catch { throw RunStoreError(path, error) }
  }

  /// Whether a run that is gone carried a plan out.
  public func wasCarriedOut(_ plan: String) -> Bool {
    guard let bytes = try? WholeFile.read(carriedOutPath) else { return false }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains { $0 == plan }
  }

  private var carriedOutPath: String { folder + "/carried-out" }

  /// Removes what a process left behind that died while it made or removed a run: more than an hour ago, for another one may be at it.
  public func sweep(now: Timestamp) throws(RunStoreError) {
    let limit = RunID(at: now.adding(seconds: -3_600))
    do {
      for name in try FolderContents.names(in: folder) {
        guard let prefix = [Self.draftPrefix, Self.removalPrefix].first(where: { name.hasPrefix($0) }), let id = RunID(String(name.dropFirst(prefix.count))),
          id < limit || prefix == Self.removalPrefix
        else { continue }
        try FolderContents.remove("\(folder)/\(name)")
      }
    } catch { throw RunStoreError(folder, error) }
  }
}
