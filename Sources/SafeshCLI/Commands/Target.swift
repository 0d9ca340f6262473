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
  private let connection: Connection?
  private let credentials: Credentials?
  private nonisolated let options: Client.Options
  private let lifetime: Duration?
  private let onOpen: @Sendable (String) -> Void
  private let onWait: (@Sendable (String) -> Void)?
  private var server: RunningServer?
  private var client: Client?

  /// - Throws: a `ClientError` if what was chosen is wrong or lacks something: never the sandbox instead.
  init(
    _ options: RunOptions, environment: [String: String], lifetime: Duration?, onWait: (@Sendable (String) -> Void)? = nil,
    onOpen: @escaping @Sendable (String) -> Void
  ) throws(ClientError) {
    sandbox = options.sandbox
    connection = sandbox == nil ? try Connection.choose(options.connection, environment) : nil
    credentials = try connection?.credentials(environment)
    var client = try connection?.options(environment) ?? Client.Options()
    // The sandbox has no limits.
    client.pacing = credentials == nil ? PacingPreset.none : try Self.pacing(environment)
    // Not in the runtime folder, which programs that a timer starts do not have.
    client.sharedFolder = BaseDirectory.state.folder(in: environment).map { $0 + "/pacing" }
    self.options = client
    self.lifetime = lifetime
    self.onWait = onWait
    self.onOpen = onOpen
  }

  /// How messages name it.
  nonisolated var name: String { connection?.name ?? sandboxName }

  /// How the prompt names it.
  nonisolated var shortName: String { connection?.shortName ?? sandboxName }

  private nonisolated var sandboxName: String { sandbox.map { "sandbox \($0)" } ?? "sandbox" }

  /// How a run's record names it; nil for a sandbox that ends with the process.
  nonisolated var record: RunRecord.Target? {
    if let connection {
      return RunRecord.Target(name: name, address: connection.address.api, clientID: connection.clientID, profile: connection.chosen.name)
    }
    guard let sandbox else { return nil }
    let path = URL(fileURLWithPath: sandbox).standardizedFileURL.path
    return RunRecord.Target(name: name, address: RunRecord.Target.filePrefix + path)
  }

  /// How long a request may last.
  nonisolated var timeout: Duration { options.timeout }

  /// Whether nothing may be changed there.
  nonisolated var isReadOnly: Bool { connection?.isReadOnly ?? false }

  /// A session; a sandbox starts its server first.
  func open() async throws -> Session { Session(client: try await connect(), lifetime: lifetime) }

  /// The client of a session.
  func connect() async throws(ClientError) -> Client {
    onOpen(name)
    var key = credentials
    var options = options
    if key == nil {
      let started: (server: RunningServer, clientID: String, clientSecret: String)
      do { started = try await Sandbox.start(file: sandbox) } catch {
        throw ClientError(.unreachable, "the sandbox does not start: \(error)")
      }
      server = started.server
      key = Credentials(
        address: try ServerAddress(started.server.url), clientID: started.clientID, secret: ClientSecret(started.clientSecret))
    }
    guard let key else { throw ClientError(.unauthorized, "no organization is chosen") }
    if let onWait {
      options.onWait = { wait in if let text = wait.text(at: .now()) { onWait(text) } }
      options.onPacingTrouble = onWait
    }
    // Somebody who waits at the prompt is told soon that nothing listens there.
    if lifetime != nil { options.retry.connectPatience = .seconds(2) }
    let client = Client(key, options: options)
    self.client = client
    return client
  }

  /// Nil for what the host's name tells.
  private static func pacing(_ environment: [String: String]) throws(ClientError) -> PacingPreset? {
    guard let name = environment["SAFESH_PACING"], !name.isEmpty else { return nil }
    return try PacingPreset(named: name)
  }

  /// Closes connections and stops the sandbox's server.
  func close() async {
    await client?.shutdown()
    await server?.stop()
  }
}

extension PacingWait {
  /// Shorter waits are not worth a word.
  private static let notable: Int64 = 5_000_000

  /// As `limit: 60 a minute for POST /public/members, next in 12 s`; nil for a short one.
  fileprivate func text(at now: Timestamp) -> String? {
    let rest = until.microseconds - now.microseconds
    guard rest >= Self.notable else { return nil }
    return "limit: \(limit.map { "\($0) for" } ?? "the server says to wait with") \(method) \(path), next in \((rest + 500_000) / 1_000_000) s"
  }
}
