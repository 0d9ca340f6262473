import SecretSafeStore

/// An organization's server on a data file.
public enum SecretSafeServer {
  /// Opens the data file and listens. A new file gets an organization and its key.
  ///
  /// Errors: `ServerError`.
  public static func start(_ options: ServerOptions) async throws -> StartedServer {
    let store = try openStore(.file(options.data))
    let newKey: OrganizationKey?
    do {
      newKey = try await store.organization() == nil ? firstKey(store) : nil
    } catch {
      try? store.close()
      throw ServerError(.data, "\(options.data) cannot be written: \(error)")
    }
    let running = try await RunningServer.start(
      store, host: options.host, port: options.port, accessLog: options.accessLog)
    return StartedServer(running: running, newKey: newKey)
  }

  private static func firstKey(_ store: Store) async throws -> OrganizationKey {
    OrganizationKey(try await store.issueKey(store.createOrganization(name: "Organization"), .organization))
  }

  static func openStore(_ location: Store.Location) throws -> Store {
    do { return try Store.open(location) } catch { throw ServerError(.data, error.description) }
  }
}

public struct StartedServer: Sendable {
  public let running: RunningServer
  /// The key of a new organization; nil if the file had one already.
  public let newKey: OrganizationKey?
}

extension OrganizationKey {
  init(_ key: IssuedKey) { self.init(clientID: key.clientID, clientSecret: key.clientSecret) }
}
