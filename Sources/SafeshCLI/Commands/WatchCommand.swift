internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

/// `safesh watch`: runs a script over new events, again and again (docs/automation.md).
struct WatchCommand: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Run a script over the events since its last run that succeeded, again and again.",
    discussion: """
      In the script 'events' without 'since:' are those events; each is seen at least once. Where it has come to is kept for each script and \
      organization. A run that fails is told, and the next one gets its events again.
      """)

  @OptionGroup var options: GlobalOptions

  @OptionGroup(title: "Options of a run") var guards: RunGuardOptions

  @Option(help: ArgumentHelp("How often: 30s, 5m, 1h.", valueName: "duration"))
  var every = "5m"

  @Option(help: ArgumentHelp("Where the first run begins: a duration ago, a date or a time. The default is one --every ago.", valueName: "time"))
  var since: String?

  @Flag(help: "Run once and end, for cron and timers.")
  var once = false

  @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The script and its own options.", valueName: "file"))
  var arguments: [String]

  func validate() throws {
    if period == nil { throw ValidationError("'\(every)' is no duration of a second or more; write it as 30s, 5m or 1h") }
    if let since, Self.moment(since, now: 0) == nil { throw ValidationError("'\(since)' is no time; write it as 2h, 2026-03-04 or 2026-03-04T05:06") }
    if let file = arguments.first, file.hasPrefix("-") { throw ValidationError("unknown option '\(file)'; the script's own options follow the file") }
  }

  /// In microseconds.
  private var period: Int? {
    guard case .duration(let period)? = Conversion.value(every, as: .duration), period >= 1_000_000 else { return nil }
    return period
  }

  private static func moment(_ text: String, now: Int) -> Int? {
    if case .duration(let ago)? = Conversion.value(text, as: .duration), ago >= 0 { return now - ago }
    return Timestamp(text).map { Int($0.microseconds) }
  }

  func run() async -> ExitStatus {
    var options = options.run
    options.guards = guards.choices
    // What came in meanwhile is done at once, and nobody sits before it.
    options.mode = .direct
    guard let file = arguments.first, let period else { return .usage }
    let now = Int(Timestamp.now().microseconds)
    return await WatchRun(
      options: options, file: file, arguments: Array(arguments.dropFirst()), period: period, isOnce: once,
      since: since.flatMap { Self.moment($0, now: now) } ?? now - period
    ).run()
  }
}

/// The turns of a script that is watched.
struct WatchRun: Sendable {
  let options: RunOptions
  let file: String
  let arguments: [String]
  /// In microseconds, both.
  let period: Int
  let isOnce: Bool
  let since: Int

  private struct Problem: Error {
    let status: ExitStatus
    let message: String
  }

  func run() async -> ExitStatus {
    let console = Console(options: options, schema: SecretSafeSchema.schema)
    let interruption = Interruption()
    interruption.install(console)
    do {
      let place = try place()
      return try await withLock(place) { () async -> ExitStatus in await turns(place, console, interruption) }
    } catch {
      let problem = error as? Problem
      console.message("error: \(problem?.message ?? "\(error)")", .error)
      return problem?.status ?? .failed
    }
  }

  /// Where the checkpoint of this script and organization is.
  private func place() throws -> WatchCheckpoint.Place {
    let environment = ProcessInfo.processInfo.environment
    guard let folder = BaseDirectory.state.folder(in: environment).map({ $0 + "/watch" }) else {
      throw Problem(status: .usage, message: "there is no place for checkpoints; set HOME or XDG_STATE_HOME")
    }
    guard file != "-", InputFiles.exists(file) else { throw Problem(status: .usage, message: InputFiles.missing(file)) }
    let target: Target
    do { target = try Target(options, environment: environment, lifetime: nil) { _ in } } catch {
      throw Problem(status: error.kind == .invalid ? .usage : .notAuthenticated, message: error.message)
    }
    guard let record = target.record else {
      throw Problem(status: .usage, message: "the sandbox ends with the process, so it has no events to wait for; name an organization, or --sandbox FILE")
    }
    let script = URL(fileURLWithPath: file).standardizedFileURL.path
    return WatchCheckpoint.Place(folder: folder, script: script, organization: [record.address, record.clientID].compactMap(\.self).joined(separator: " "))
  }

  /// Two would see every event twice.
  private func withLock(_ place: WatchCheckpoint.Place, _ body: () async -> ExitStatus) async throws -> ExitStatus {
    try PrivateFolder.make((place.path as NSString).deletingLastPathComponent)
    guard let lock = try ExclusiveFile(place.path + ".lock") else {
      throw Problem(status: .refused, message: "the script is watched on this organization already")
    }
    let status = await body()
    withExtendedLifetime(lock) {}
    return status
  }

  private func turns(_ place: WatchCheckpoint.Place, _ console: Console, _ interruption: Interruption) async -> ExitStatus {
    let start = ContinuousClock.now
    var turn = 0
    while true {
      let status = await self.turn(place, console, interruption)
      if isOnce || status == .interrupted { return status }
      // What is wrong with the script or the key at first stays so; later somebody may be at work on it.
      if turn == 0, status == .usage || status == .notAuthenticated { return status }
      if status != .done { console.message("\(Self.clock()) the run ended with status \(status.rawValue); its events come again in the next one", .warning) }
      // A turn that took longer than its time leaves some out.
      let elapsed = start.duration(to: .now) / .microseconds(period)
      turn = max(turn + 1, Int(elapsed.rounded(.up)))
      await interruption.rest(until: start + .microseconds(period) * turn)
      if interruption.isAsked { return .done }
    }
  }

  /// Everything since the checkpoint, in as many runs as that needs.
  private func turn(_ place: WatchCheckpoint.Place, _ console: Console, _ interruption: Interruption) async -> ExitStatus {
    do {
      var checkpoint = try checkpoint(at: place)
      let now = Int(Timestamp.now().microseconds)
      let windows = try await windows(checkpoint.first, now, interruption)
      for range in windows {
        if interruption.isAsked { return .interrupted }
        // What came late into the window before is in this one, too.
        let window = EventWindow(first: min(range.lowerBound, checkpoint.first), last: range.upperBound, after: checkpoint)
        let run = ScriptRun(options: options, source: .file(file), arguments: arguments, events: window, interruption: interruption)
        // Events whose output is lost come again, too.
        let status = StandardOutput.settled(await run.run())
        guard status == .done else { return status }
        if StandardOutput.isClosed {
          console.message("error: nobody reads standard output any more, so these events come again", .error)
          return .failed
        }
        checkpoint = WatchCheckpoint(after: window, read: now)
        try checkpoint.write(to: place)
      }
      return .done
    } catch {
      let failure = error as? ClientError
      console.message("error: \(failure?.message ?? "\(error)")", .error)
      return failure?.kind == .unauthorized ? .notAuthenticated : .failed
    }
  }

  /// How far it has come. The start is kept before the first run: if that fails, a later one begins there, or where `--since` lies further back.
  private func checkpoint(at place: WatchCheckpoint.Place) throws -> WatchCheckpoint {
    let kept = try WatchCheckpoint(at: place)
    if let kept, kept.isAfterRun { return kept }
    let start = WatchCheckpoint(first: min(since, kept?.first ?? since))
    if start != kept { try start.write(to: place) }
    return start
  }

  private func windows(_ first: Int, _ last: Int, _ interruption: Interruption) async throws -> [ClosedRange<Int>] {
    guard last - first > EventBatches.shortWindow else { return [first...max(first, last)] }
    let target = try Target(options, environment: ProcessInfo.processInfo.environment, lifetime: nil) { _ in }
    do {
      let windows = try await EventBatches.windows(first, last, target.connect()) { interruption.isAsked }
      await target.close()
      return windows
    } catch {
      await target.close()
      throw error
    }
  }

  private static func clock() -> String { String(Timestamp.now().description.prefix(19)) + "Z" }
}
