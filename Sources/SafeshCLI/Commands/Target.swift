internal import Foundation
internal import SafeAutomation
internal import SafeConfiguration
internal import SafeSystem
internal import SecretSafeAPI
internal import SecretSafeClient
internal import SecretSafeServer

/// The organization that a command talks to: that of a profile or the environment, or a sandbox inside the process.
actor Target {
  private let sandbox: String?
  private let snapshot: SnapshotFile?
  private nonisolated let connection: Connection?
  private let credentials: Credentials?
  private nonisolated let options: Client.Options
  private let lifetime: Duration?
  private let lockFolder: String?
  private let onOpen: @Sendable (String) -> Void
  private let observer: Observer?
  private var sandboxServer: (server: RunningServer, clientID: String, clientSecret: String)?
  private var starting: Task<(server: RunningServer, clientID: String, clientSecret: String), any Error>?
  private var client: Client?

  /// Who is told of what goes on between client and server.
  struct Observer: Sendable {
    /// A session is opened: a sandbox starts, a token is asked for.
    var opens: @Sendable () -> Void
    /// What requests wait for.
    var waits: @Sendable (PacingWait) -> Void
    /// A request is sent: the name of its endpoint.
    var sent: @Sendable (String) -> Void
    /// That exchange is over.
    var ended: @Sendable (String) -> Void
    /// So many more records of the list at this path came in.
    var received: @Sendable (_ path: String, _ more: Int) -> Void
    /// Something is amiss that keeps nothing from going on.
    var warns: @Sendable (String) -> Void
  }

  /// - Throws: a `ClientError` if what was chosen is wrong or lacks something: never the sandbox instead.
  init(
    _ options: RunOptions, environment: [String: String], lifetime: Duration?, observer: Observer? = nil, onOpen: @escaping @Sendable (String) -> Void
  ) throws(ClientError) {
    sandbox = options.sandbox
    snapshot = options.sandboxFrom
    connection = sandbox == nil && snapshot == nil ? try Connection.choose(options.connection, environment) : nil
    credentials = try connection?.credentials(environment)
    var client = try connection?.options(environment) ?? Client.Options()
    // The sandbox has no limits.
    let pacing = try Self.pacing(options.guards.pacing, connection, environment)
    client.pacing = credentials == nil ? PacingPreset.none : pacing
    if let seconds = options.guards.timeout { client.timeout = .seconds(seconds) }
    // Not in the runtime folder, which programs that a timer starts do not have.
    client.sharedFolder = BaseDirectory.state.folder(in: environment).map { $0 + "/pacing" }
    lockFolder = BaseDirectory.state.folder(in: environment).map { $0 + "/locks" }
    self.options = client
    self.lifetime = lifetime
    self.observer = observer
    self.onOpen = onOpen
  }

  /// How messages name it.
  nonisolated var name: String { connection?.name ?? sandboxName }

  /// How the prompt names it.
  nonisolated var shortName: String { connection?.shortName ?? sandboxName }

  private nonisolated var sandboxName: String { "sandbox" + (sandbox.map { " \($0)" } ?? "") + (snapshot.map { " from \($0.path)" } ?? "") }

  /// How a run's record names it; nil for a sandbox that ends with the process.
  nonisolated var record: RunRecord.Target? {
    if let connection {
      return RunRecord.Target(name: name, address: connection.address.api, clientID: connection.clientID, profile: connection.chosen.name)
    }
    guard let sandbox else { return nil }
    let path = URL(fileURLWithPath: sandbox).standardizedFileURL.path
    return RunRecord.Target(name: name, address: RunRecord.Target.filePrefix + path)
  }

  /// A sandbox that ends with the process.
  nonisolated var isTemporary: Bool { connection == nil && sandbox == nil }

  /// How long a request may last.
  nonisolated var timeout: Duration { options.timeout }

  /// Whether nothing may be changed there.
  nonisolated var isReadOnly: Bool { connection?.isReadOnly ?? false }

  /// A session; a sandbox starts its server first.
  func open() async throws -> Session { Session(client: try await connect(), lifetime: lifetime, locks: locks) }

  /// What keeps runs on this machine from writing to one object at the same time; nil where there is no place for it.
  private var locks: RegionLocks? {
    guard let folder = lockFolder, let record else { return nil }
    let name = [record.address ?? "", record.clientID ?? ""].joined(separator: " ").map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    do {
      try PrivateFolder.make(folder)
      return try RegionLocks(folder + "/" + String(name.suffix(Self.longestName)))
    } catch {
      observer?.warns("other runs on this machine are not kept apart: \(folder): \(error)")
      return nil
    }
  }

  /// Of a file.
  private static let longestName = 200

  /// What is known of the server's limits.
  nonisolated var pacing: PacingPreset { options.pacing ?? PacingPreset(host: credentials?.address.host ?? "") }

  /// The client of a session.
  func connect() async throws(ClientError) -> Client {
    let (key, options) = try await prepared()
    let client = Client(key, options: options)
    self.client = client
    return client
  }

  /// A session that cannot change anything, whatever it is told; whoever asked for it ends it.
  func connectReading() async throws(ClientError) -> ReadingClient {
    let (key, options) = try await prepared()
    return ReadingClient(key, options: options)
  }

  /// Names the target, and starts the server of a sandbox.
  private func prepared() async throws(ClientError) -> (Credentials, Client.Options) {
    onOpen(name)
    observer?.opens()
    var key = credentials
    var options = options
    if key == nil {
      let started = try await startedSandbox()
      key = Credentials(
        address: try ServerAddress(started.server.url), clientID: started.clientID, secret: ClientSecret(started.clientSecret))
    }
    guard let key else { throw ClientError(.unauthorized, "no organization is chosen") }
    if let observer {
      (options.onWait, options.onRequest, options.onPacingTrouble) = (observer.waits, observer.sent, observer.warns)
      (options.onEnd, options.network.onRecords) = (observer.ended, observer.received)
    }
    // Somebody who waits at the prompt is told soon that nothing listens there.
    if lifetime != nil { options.retry.connectPatience = .seconds(2) }
    return (key, options)
  }

  /// One for all sessions.
  private func startedSandbox() async throws(ClientError) -> (server: RunningServer, clientID: String, clientSecret: String) {
    // While it starts, others who ask wait for the same one.
    let task = starting ?? Task { [sandbox, snapshot] in try await Sandbox.start(file: sandbox, from: snapshot?.snapshot) }
    starting = task
    do {
      let started = try await task.value
      sandboxServer = started
      return started
    } catch {
      starting = nil
      throw ClientError(.unreachable, "the sandbox does not start: \(error)")
    }
  }

  /// That of the option, else of the variable or the profile; nil for what the host's name tells.
  private static func pacing(_ option: String?, _ connection: Connection?, _ environment: [String: String]) throws(ClientError) -> PacingPreset? {
    if let option { return try PacingPreset(named: option) }
    if let connection { return try connection.chosen.pacing(home: environment["HOME"]) }
    guard let name = environment[ChosenProfile.pacingVariable], !name.isEmpty else { return nil }
    return try PacingPreset(named: name)
  }

  /// Closes connections and stops the sandbox's server.
  func close() async {
    await client?.shutdown()
    await sandboxServer?.server.stop()
  }
}

extension Target {
  /// A server that other people use, not a sandbox.
  nonisolated var isLive: Bool { connection != nil }

  /// The organization's id as its key names it; nil for a sandbox.
  nonisolated var fullOrganization: String? {
    guard let parts = connection?.clientID.split(separator: "."), parts.count >= 2 else { return nil }
    return String(parts[1])
  }

  /// The beginning of it, which tells organizations apart as well.
  nonisolated var organization: String? { fullOrganization.map { String($0.prefix(8)) } }

  /// The key's secret, where it is at hand.
  nonisolated func knownSecret(_ environment: [String: String]) -> String? {
    guard let secret = connection?.secret, !secret.isAsked else { return nil }
    return try? secret.known(environment)
  }

  /// Whether a session can be opened without anybody being asked for a secret.
  nonisolated var opensSilently: Bool { connection.map { !$0.secret.isAsked } ?? true }
}
