import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOPosix
import SecretSafeStore
import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A server that answers on a socket until it is stopped.
public final class RunningServer: Sendable {
  /// Seconds that running requests have to finish in after `stop()`.
  static let stopSeconds: Int64 = 10

  /// `http://host:port`, or `https` with a certificate, without a slash at the end.
  public let url: String
  public let port: Int

  private let group: ServiceGroup
  private let life: Task<Void, any Error>
  private let certificate: Certificate?
  private let log: Logger?

  /// Takes the routes' store over: it is closed when the server has stopped, or could not start.
  static func start(
    _ routes: Routes, host: String, port: Int, operation: ServerOperation = ServerOperation(), connections: ConnectionLimits = ConnectionLimits(),
    certificate: Certificate? = nil, mail: MailSettings? = nil
  ) async throws -> RunningServer {
    let (store, web) = (routes.store, routes.web)
    let (events, signal) = AsyncStream.makeStream(of: Result<Int, any Error>.self)
    // Nothing is logged through it; a no-op costs nothing for each request.
    let quiet = Logger(label: "safesh.server") { _ in SwiftLogNoOpLogHandler() }
    let application = Application(
      responder: routes.responder(operation),
      server: connections.server(certificate),
      configuration: ApplicationConfiguration(address: .hostname(host, port: port)),
      onServerRunning: { signal.yield(.success($0.localAddress?.port ?? port)) },
      logger: quiet)
    let sender = mail.map { MailSender(store: store, settings: $0, address: web.address, log: operation.log) }
    let services: [any Service] = [application] + [sender].compactMap(\.self)
    var configuration = ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [], logger: quiet)
    configuration.maximumGracefulShutdownDuration = .seconds(stopSeconds)
    let group = ServiceGroup(configuration: configuration)
    let life = Task(executorPreference: EventLoopExecutor(MultiThreadedEventLoopGroup.singleton)) {
      let end: Result<Void, any Error>
      do { end = .success(try await group.run()) } catch { end = .failure(error) }
      let counts = store.counts
      try store.close()
      switch end {
      case .success: operation.log?.info("stopped", metadata: ["changes": "\(counts.changes)", "commits": "\(counts.commits)"])
      case .failure(let error): signal.yield(.failure(error))
      }
      signal.finish()
      try end.get()
    }
    switch await events.first(where: { _ in true }) {
    case .success(let port):
      let running = RunningServer(host: host, port: port, group: group, life: life, certificate: certificate, log: operation.log)
      web.address.settle(running.url)
      return running
    case .failure(let error): throw startError(error, host: host, port: port)
    case nil: throw ServerError(.other, "the server ended at its start")
    }
  }

  private init(
    host: String, port: Int, group: ServiceGroup, life: Task<Void, any Error>, certificate: Certificate?, log: Logger?
  ) {
    url = (certificate == nil ? "http://" : "https://") + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    self.port = port
    self.group = group
    self.life = life
    self.certificate = certificate
    self.log = log
  }

  /// Reads certificate and key anew for connections that come after; those that are open go on. If the files are no good, the old
  /// ones stay, and the log says why. False if the server has no certificate.
  public func reloadCertificate() -> Bool {
    guard let certificate else { return false }
    do {
      try certificate.reload()
      log?.info("certificate read anew")
    } catch {
      log?.error("the old certificate stays", metadata: ["error": "\(error)"])
    }
    return true
  }

  /// Takes no more requests, finishes those that run, and closes the data file. May be called more than once.
  public func stop() async {
    await group.triggerGracefulShutdown()
    _ = await life.result
  }

  /// Returns when the server has stopped; throws what ended it if that was not `stop()`.
  public func waitUntilStopped() async throws {
    try await life.value
  }

  private static func startError(_ error: any Error, host: String, port: Int) -> ServerError {
    switch error {
    case let error as IOError where error.errnoCode == EADDRINUSE:
      ServerError(.port, "port \(port) on \(host) is in use: stop the server there, or name another port (0 takes a free one)")
    case let error as IOError where error.errnoCode == EACCES:
      ServerError(.port, "port \(port) is not allowed for this user: name one from 1024 on")
    case let error as IOError where error.errnoCode == EADDRNOTAVAIL:
      ServerError(.host, "\(host) is not an address of this machine: name one that is, such as 127.0.0.1")
    case is SocketAddressError, is SocketAddressError.UnknownHost:
      ServerError(.host, "the host '\(host)' is not known: name an address of this machine, such as 127.0.0.1")
    default: ServerError(.other, "cannot listen on \(host) port \(port): \(error)")
    }
  }
}
