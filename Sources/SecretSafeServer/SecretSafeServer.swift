internal import SecretSafeAPI
import SecretSafeStore

/// An organization's server on a data file.
public enum SecretSafeServer {
  /// Opens the data file and listens. A new file gets an organization, and one without a key its key.
  ///
  /// Errors: `ServerError`.
  public static func start(_ options: ServerOptions) async throws -> StartedServer {
    let certificate = try options.tls.map { try Certificate(certificatePath: $0.certificate, keyPath: $0.key) }
    let swagger = try options.swaggerUI.map { try SwaggerAssets(folder: $0) }
    let (web, mail) = try options.outward()
    let store = try openStore(.file(options.data))
    if options.snapshot != nil { try refuseFilled(store, options.data) }
    // The key is made last: it is shown once, so a start that fails must not have used it up.
    let running = try await RunningServer.start(
      Routes(store: store, web: web, swagger: swagger), host: options.host, port: options.port, operation: options.operation,
      connections: options.connections, certificate: certificate, mail: mail)
    do {
      return StartedServer(running: running, newKey: try await firstKey(store, options.snapshot))
    } catch {
      await running.stop()
      throw ServerError(.data, StoreError(error, of: options.data)?.description ?? "\(options.data) cannot be written: \(error)")
    }
  }

  /// A snapshot fills a new file, and never touches what is there.
  private static func refuseFilled(_ store: Store, _ path: String) throws {
    let holdsOne: Bool
    do { holdsOne = try store.organization() != nil } catch {
      try? store.close()
      throw ServerError(.data, "\(path) cannot be read: \(error)")
    }
    if !holdsOne { return }
    try? store.close()
    throw ServerError(.refused, "\(path) holds an organization already, which a snapshot does not replace; name a new file")
  }

  private static func firstKey(_ store: Store, _ snapshot: OrganizationSnapshot?) async throws -> OrganizationKey? {
    let organization: OrganizationID
    switch (try store.organization(), snapshot) {
    case (let existing?, _): organization = existing
    case (nil, let snapshot?): return OrganizationKey(try await snapshot.create(in: store, name: "Organization").key)
    case (nil, nil): organization = try await store.createOrganization(name: "Organization")
    }
    if try store.hasKey(organization, .organization) { return nil }
    return OrganizationKey(try await store.issueKey(organization, .organization))
  }

  static func openStore(_ location: Store.Location) throws -> Store {
    do { return try Store.open(location) } catch { throw ServerError(.data, error.description) }
  }
}

/// A server that listens, and what is told only now.
public struct StartedServer: Sendable {
  public let running: RunningServer
  /// The key of an organization that had none; nil if it had one already.
  public let newKey: OrganizationKey?
}

extension OrganizationKey {
  init(_ key: IssuedKey) { self.init(clientID: key.clientID, clientSecret: key.clientSecret) }
}
