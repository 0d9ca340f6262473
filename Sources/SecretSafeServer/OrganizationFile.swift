public import SecretSafeAPI
internal import SecretSafeStore

/// What an administrator does to a data file from the command line, also while a server works on it: that sees the change at its
/// next request.
///
/// Errors are `ServerError`s: `data` for the file, `refused` for what the rules do not allow.
public final class OrganizationFile: Sendable {
  private let store: Store
  private let path: String

  /// Opens the file; a missing one is an error unless it is to be created.
  public init(_ path: String, creates: Bool = false) throws(ServerError) {
    self.path = path
    if !creates, !path.isEmpty, !Self.exists(path) { throw ServerError(.data, "\(path) is not there: name a data file, or make one with 'safesh org create'") }
    do { store = try Store.open(.file(path), as: .command) } catch { throw ServerError(.data, error.description) }
  }

  /// Lets go of the file; later calls fail.
  public func close() { try? store.close() }

  // MARK: organizations

  /// An organization of the file, as it was when it was asked for.
  public struct Organization: Hashable, Sendable {
    public let id: GUID
    public let name: String
    public let created: Timestamp
    /// In every status.
    public let members: Int
    /// Shared ones.
    public let collections: Int
    /// Nil where seats are not counted.
    public let seats: Int?
    /// When its own key was made; nil if it has none.
    public let keyCreated: Timestamp?
    let reference: OrganizationID

    /// Of its own key.
    public var clientID: String { reference.clientID() }
  }

  /// All organizations, oldest first.
  public func organizations() throws(ServerError) -> [Organization] {
    try reading {
      try store.organizations().map { summary in
        Organization(
          id: summary.organization.id, name: summary.name, created: summary.created, members: summary.members,
          collections: summary.collections, seats: summary.seats,
          keyCreated: try store.keys(summary.organization).first { $0.kind == .organization }?.created, reference: summary.organization)
      }
    }
  }

  /// The organization of that id or name; without one the only one there is.
  public func organization(_ wanted: String?) throws(ServerError) -> Organization {
    let all = try organizations()
    guard let wanted else {
      if all.count == 1, let only = all.first { return only }
      throw ServerError(
        .refused,
        all.isEmpty
          ? "\(path) holds no organization: make one with 'safesh org create'" : "\(path) holds \(all.count) organizations: name one with --org (\(Self.list(all)))")
    }
    let found = all.filter { $0.id == GUID(wanted) || $0.name == wanted }
    if found.count == 1, let only = found.first { return only }
    if found.count > 1 {
      throw ServerError(.refused, "\(found.count) organizations are called '\(wanted)': name one by its id (\(found.map(\.id.description).joined(separator: ", ")))")
    }
    throw ServerError(.refused, "there is no organization '\(wanted)' in \(path)" + (all.isEmpty ? "" : ": there is \(Self.list(all))"))
  }

  /// Makes an organization with its first owner, confirmed, who may sign in to the web safe: all of it, or nothing. The key is shown once.
  public func create(_ founding: Founding) async throws(ServerError) -> (organization: Organization, key: OrganizationKey) {
    try await writing {
      let hash = try PasswordHash(founding.password)
      let made = try await store.createOrganization(name: founding.name) { change in
        if let seats = founding.seats {
          try change.setSubscription(
            Subscription(passwordManager: .init(seats: seats, maxAutoScaleSeats: founding.maxSeats ?? seats), secretsManager: nil))
        }
        try change.setPassword(change.createOwner(email: founding.owner, name: founding.ownerName), hash)
      }
      return (try self.organization(made.organization.id.description), OrganizationKey(made.key))
    }
  }

  /// What an organization begins with. It is checked before a file is made for it.
  public struct Founding: Sendable {
    let name: String
    let owner: String
    let ownerName: String?
    let password: String
    let seats: Int?
    let maxSeats: Int?

    /// `owner` is an e-mail address. With `seats` they are counted, and grow to `maxSeats`. Errors: `refused`.
    public init(name: String, owner: String, ownerName: String?, password: String, seats: Int?, maxSeats: Int?) throws(ServerError) {
      try OrganizationFile.check(name: name)
      try OrganizationFile.check(email: owner)
      try OrganizationFile.check(password: password)
      if let seats, let maxSeats, maxSeats < seats {
        throw ServerError(.refused, "--max-seats is below --seats: the ceiling of growth is at least what is there")
      }
      self.name = name
      self.owner = owner
      self.ownerName = ownerName
      self.password = password
      self.seats = seats
      self.maxSeats = maxSeats
    }
  }

  /// Makes somebody a confirmed owner with this password: a new member, or one who is there.
  public func setOwner(_ organization: Organization, email: String, name: String?, password: String) async throws(ServerError) {
    try Self.check(email: email)
    try Self.check(password: password)
    try await writing {
      let hash = try PasswordHash(password)
      try await store.change(organization.reference) { try $0.setPassword($0.appointOwner(email: email, name: name), hash) }
    }
  }

  // MARK: keys

  /// A key without its secret, which is not kept.
  public struct Key: Hashable, Sendable {
    /// Nil for the organization's own.
    public let id: GUID?
    public let clientID: String
    /// Nil for the organization's own.
    public let name: String?
    public let scopes: Scopes
    public let created: Timestamp
    /// Nil for never.
    public let expires: Timestamp?
  }

  /// The organization's own key, then the scoped ones by age.
  public func keys(_ organization: Organization) throws(ServerError) -> [Key] {
    try reading {
      try store.keys(organization.reference).map {
        Key(id: $0.id, clientID: $0.clientID, name: $0.name, scopes: $0.scopes, created: $0.created, expires: $0.expires)
      }
    }
  }

  /// Replaces the organization's own key: the old secret and its tokens end at once.
  public func rotateKey(_ organization: Organization) async throws(ServerError) -> OrganizationKey {
    try await writing { OrganizationKey(try await store.issueKey(organization.reference, .organization)) }
  }

  /// Makes a scoped key (`api.md` 12.1); nil `expires` is never. The secret is shown once.
  public func addKey(
    _ organization: Organization, name: String, scopes: Scopes, expires: Timestamp?
  ) async throws(ServerError) -> OrganizationKey {
    try await writing { OrganizationKey(try await store.addKey(organization.reference, name: name, scopes: scopes, expires: expires)) }
  }

  /// Ends a scoped key and its tokens at once.
  public func revokeKey(_ organization: Organization, _ id: GUID) async throws(ServerError) {
    try await writing { try await store.revokeKey(organization.reference, id) }
  }

  // MARK: collections

  /// The shared collections, oldest first.
  public func collections(_ organization: Organization) throws(ServerError) -> [SharedCollection] {
    try reading { try store.read(organization.reference) { try $0.collections() } }
  }

  /// Makes a shared collection, which the API cannot do; an external id of white space only is none.
  public func createCollection(_ organization: Organization, externalId: String?) async throws(ServerError) -> SharedCollection {
    let externalId = externalId.flatMap { $0.isBlank ? nil : $0 }
    guard ExternalID.isAcceptable(externalId) else { throw ServerError(.refused, "an external id has at most \(ExternalID.limit) characters") }
    return try await writing {
      try await store.change(organization.reference) { try $0.createCollection(externalId: externalId) }
    }
  }

  // MARK: backup

  /// Writes everything as it is at one moment into a new file.
  public func backup(to file: String) throws(ServerError) { try reading { try store.backup(to: file) } }

  /// Puts a backup in the place of the data file, which no server may work on; what was there is kept under the name returned.
  public static func restore(_ backup: String, to path: String) throws(ServerError) -> String? {
    do { return try Store.restore(backup, to: path) } catch { throw Self.error(error, path) }
  }

  /// Whether there is a file, of whatever kind.
  public static func exists(_ path: String) -> Bool { Store.exists(path) }

  // MARK: checks and errors

  /// Errors: `refused` for a name that no organization can have.
  public static func check(name: String) throws(ServerError) {
    if name.isBlank || name.utf16.count > 100 { throw ServerError(.refused, "an organization's name has 1 to 100 characters") }
  }

  /// Errors: `refused` for what is no address.
  public static func check(email: String) throws(ServerError) {
    if !EmailAddress.isAcceptable(email) { throw ServerError(.refused, "'\(email)' is no e-mail address: name one as kim@example.net") }
  }

  private static func check(password: String) throws(ServerError) {
    if !Store.passwordLengths.contains(password.unicodeScalars.count) {
      throw ServerError(.refused, "a password has \(Store.passwordLengths.lowerBound) to \(Store.passwordLengths.upperBound) characters")
    }
  }

  private static func list(_ organizations: [Organization]) -> String {
    organizations.map { "\($0.name) \($0.id)" }.joined(separator: ", ")
  }

  private func reading<T>(_ body: () throws -> T) throws(ServerError) -> T {
    do { return try body() } catch { throw Self.error(error, path) }
  }

  private func writing<T>(_ body: () async throws -> T) async throws(ServerError) -> T {
    do { return try await body() } catch { throw Self.error(error, path) }
  }

  private static func error(_ error: any Error, _ path: String) -> ServerError {
    switch error {
    case let error as ServerError: error
    case Refusal.noSuchObject: ServerError(.refused, "there is nothing of that id in \(path)")
    case Refusal.rule(let text): ServerError(.refused, text)
    default: ServerError(.data, StoreError(error, of: path)?.description ?? "\(path) cannot be used: \(error)")
    }
  }
}
