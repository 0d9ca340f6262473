internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SecretSafeAPI
internal import SecretSafeClient

/// The organization that the prompt talks to: one session for all entries, what is at hand of its lists, and where its runs are kept.
struct PromptPlace: Sendable {
  /// A fetched list is good for so long.
  static let listLifetime: Duration = .seconds(60)

  let target: Target
  let session: SessionSource
  let lists: CachedLists
  private let passing: PassingRuns

  /// - Parameter passing: for runs of a sandbox that ends with the process.
  init(_ options: RunOptions, environment: [String: String], observer: Target.Observer, passing: PassingRuns) throws(ClientError) {
    let target = try Target(options, environment: environment, lifetime: Self.listLifetime, observer: observer) { _ in }
    self.target = target
    self.passing = passing
    session = SessionSource { try await target.open() }
    lists = CachedLists(session)
  }

  /// Where runs are kept; nil where there is no place for them.
  func store(_ environment: [String: String]) -> RunStore? { target.isTemporary ? passing.store : RunStore(environment: environment) }

  /// How records of runs name it.
  var record: RunRecord.Target { target.record ?? RunRecord.Target(name: target.name) }

  /// The session for a run that knows nothing of what the prompt has at hand, as one from a file would.
  var own: SessionSource { SessionSource { [session] in try await session.open().forgetful() } }
}

/// The runs of a sandbox in memory, which end with it: in a folder that goes when the prompt does.
final class PassingRuns: Sendable {
  private let folder: String

  init() { folder = NSTemporaryDirectory() + "safesh-\(getpid())-\(GUID.random())" }

  var store: RunStore { RunStore(folder: folder) }

  func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
