public import SecretSafeAPI
import SecretSafeStore

/// A server on a free port of this machine with an organization to try things on.
public enum Sandbox {
  /// Starts it with the demo organization, unless the file holds one already; without a file it lives in memory until it stops.
  ///
  /// With a snapshot it is that instead of the demo organization; a file that holds one already is then refused.
  ///
  /// The key is new at each start and replaces the one of the start before; the organization's own key stays as it is.
  /// Errors: `ServerError`.
  public static func start(
    file: String? = nil, from snapshot: OrganizationSnapshot? = nil
  ) async throws -> (server: RunningServer, clientID: String, clientSecret: String) {
    try await start(file: file, from: snapshot, endpoints: Endpoint.all)
  }

  static func start(
    file: String?, from snapshot: OrganizationSnapshot? = nil, endpoints: [Endpoint]
  ) async throws -> (server: RunningServer, clientID: String, clientSecret: String) {
    let store = try SecretSafeServer.openStore(file.map(Store.Location.file) ?? .memory)
    let key: IssuedKey
    do {
      let organization: OrganizationID
      switch (try store.organization(), snapshot) {
      case (_?, _?): throw ServerError(.refused, "\(file ?? "the sandbox") holds an organization already, which a snapshot does not replace")
      case (let existing?, nil): organization = existing
      case (nil, let snapshot?): organization = try await snapshot.create(in: store, name: "Snapshot").organization
      case (nil, nil): organization = try await DemoOrganization.create(in: store)
      }
      key = try await store.issueKey(organization, .sandbox)
    } catch {
      try? store.close()
      if let error = error as? ServerError { throw error }
      throw ServerError(.data, "the sandbox cannot be written: \(error)")
    }
    let server = try await RunningServer.start(Routes(store: store, endpoints: endpoints), host: "127.0.0.1", port: 0)
    return (server, key.clientID, key.clientSecret)
  }
}
