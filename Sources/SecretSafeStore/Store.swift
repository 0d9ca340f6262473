import GRDB
public import SecretSafeAPI

/// The data of one server: organizations, keys, members, groups, collections and events in one SQLite database.
///
/// Reads are synchronous; changes wait for the disk. What was acknowledged survives a power failure.
public final class Store: Sendable {
  public enum Location: Hashable, Sendable {
    /// A file, created if missing, with `-wal`, `-shm` and `-lock` beside it while it is open.
    case file(String)
    /// Gone when it is closed.
    case memory
    /// Gone when it is closed, too. What is more than 16 MB is in a file without a name, in the system's folder for such.
    case temporary
  }

  /// Changes touch the indexes at random places: with SQLite's 2 MB most of those pages would be read again, and their memory given back
  /// and asked for anew each time.
  private static let writerCacheKiB = 16 * 1024
  /// Pages in the log at which it is moved into the file: 16 MB. A page that was changed many times is moved once, so more is less work.
  private static let checkpointPages = 4_000

  let writer: Writer
  let tokens = TokenCache()
  private let readers: Readers?
  private let lock: FileLock?

  /// Who opens a file.
  public enum Role: Sendable {
    /// The only server on it.
    case server
    /// A command that does one thing, also while a server is at work.
    case command
  }

  /// Opens the database and brings it to this version's shape.
  public static func open(_ location: Location, as role: Role = .server) throws(StoreError) -> Store {
    switch location {
    case .memory:
      do { return try Store(DatabaseQueue(configuration: Self.configuration)) } catch {
        throw StoreError(.other, "a database in memory cannot be opened: \(error)")
      }
    case .temporary:
      do {
        // Without a name: SQLite takes its file away as soon as it has it.
        let queue = try DatabaseQueue(path: "", configuration: Self.configuration)
        try queue.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA journal_mode = MEMORY")
          try db.execute(sql: "PRAGMA cache_size = \(-Self.writerCacheKiB)")
        }
        return try Store(queue)
      } catch { throw StoreError(.other, "a temporary database cannot be opened: \(error)") }
    case .file(let path):
      if path.isEmpty { throw .unnamed }
      let lock = try lock(path, role)
      do {
        if lock != nil { try prepareFile(path) }
        let store = try Store(path: path, lock: role == .server ? lock : nil, migrates: lock != nil)
        if role == .command { lock?.release() }
        return store
      } catch {
        lock?.release()
        throw StoreError(error, of: path) ?? StoreError(.other, "\(path) cannot be opened: \(error)")
      }
    }
  }

  /// Nil if a server holds the file and a command only wants to use it.
  private static func lock(_ path: String, _ role: Role) throws(StoreError) -> FileLock? {
    do throws(StoreError) { return try FileLock(beside: path) } catch {
      if role == .command, error.code == .locked { return nil }
      throw error
    }
  }

  /// An empty database of this version, to be copied: making one anew takes several times as long, and each test of a script needs one.
  private static let template = Result {
    let queue = try DatabaseQueue(configuration: Store.configuration)
    try Schema.migrator.migrate(queue)
    return queue
  }

  /// One that ends with its only connection.
  private init(_ queue: DatabaseQueue) throws {
    try Self.template.get().backup(to: queue)
    writer = Writer(queue)
    readers = nil
    lock = nil
  }

  private init(path: String, lock: FileLock?, migrates: Bool) throws {
    // Looked at before WAL mode is set, which would already change another program's file.
    try Self.refuseForeign(DatabaseQueue(path: path, configuration: Self.configuration), path)

    var configuration = Self.configuration
    configuration.journalMode = .wal
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in
      // Set after opening: GRDB sets NORMAL when it turns WAL mode on, and then a commit does not reach the disk.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "PRAGMA cache_size = \(-Self.writerCacheKiB)")
      try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.checkpointPages)")
      try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
    }
    if migrates {
      try Schema.migrator.migrate(queue)
    } else if try !queue.read(Schema.migrator.hasCompletedMigrations) {
      throw StoreError.olderServer(path)
    }
    writer = Writer(queue)
    readers = Readers(path: path, configuration: Self.configuration)
    self.lock = lock
  }

  private static func refuseForeign(_ queue: DatabaseQueue, _ path: String) throws {
    try queue.read { db in
      let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0
      let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
      guard isEmpty || application == Schema.applicationID else { throw StoreError.otherDatabase(path) }
      guard try isEmpty || !Schema.migrator.hasBeenSuperseded(db) else { throw StoreError.newerVersion(path) }
    }
    try queue.close()
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.label = "safesh.store"
    // Only a tool that looks into the file can hold it: wait for that rather than fail a request.
    configuration.busyMode = .timeout(5)
    return configuration
  }

  /// Reads one organization. Each question that the snapshot is asked is answered from one moment.
  public func read<T>(_ organization: OrganizationID, _ body: (Snapshot) throws -> T) throws -> T {
    try readRows { try body(Snapshot(db: $0, organization: organization.row)) }
  }

  /// Reads one organization in several steps that all see the same moment, however long they take: for answers that are sent as they
  /// are read. In memory, where the only connection is the writer's, each step sees its own.
  public func reading(_ organization: OrganizationID) throws -> Reading {
    try Reading(readers, whole: Reader(memory: writer.queue), organization.row)
  }

  /// Changes one organization: everything that the body does, or nothing if it throws. Returns when it is on disk.
  /// The body may run twice (`Writer`), so it changes nothing but what it gets.
  public func change<T: Sendable>(
    _ organization: OrganizationID, from origin: Origin = Origin(), _ body: @escaping @Sendable (Change) throws -> T
  ) async throws -> T {
    try await writer.perform { try body(Change(db: $0, organization: organization.row, origin: origin, now: .now())) }
  }

  func readRows<T>(_ body: (Database) throws -> T) throws -> T { try withReader { try $0.read(body) } }

  func withReader<T>(_ body: (Reader) throws -> T) throws -> T {
    guard let readers else { return try body(Reader(memory: writer.queue)) }
    let reader = try readers.take()
    defer { readers.giveBack(reader) }
    return try body(reader)
  }

  /// Transactions committed since the opening, and the changes that they held.
  public var counts: (commits: Int, changes: Int) {
    let counts = writer.counts
    return (counts.commits, counts.written)
  }

  /// Waits for running changes, moves the log into the data file and lets go of it. Later calls fail.
  public func close() throws {
    defer { lock?.release() }
    try readers?.close()
    try writer.queue.close()
  }
}

/// An organization of this store.
public struct OrganizationID: Hashable, Sendable {
  let row: Int64
  public let id: GUID
}

/// Who asked for a change, for the event log (`api.md` 5.3).
public struct Origin: Hashable, Sendable {
  public var ipAddress: String?
  /// A number of `api.md` 4.5.
  public var device: Int?
  /// The user who does it in the web safe; nil for the API and the command line.
  public var actingUser: GUID?
  /// Whether a scoped key does it, which may deal with members of type user only (`api.md` 12.1).
  public var isScoped: Bool

  public init(ipAddress: String? = nil, device: Int? = nil, actingUser: GUID? = nil, isScoped: Bool = false) {
    self.ipAddress = ipAddress
    self.device = device
    self.actingUser = actingUser
    self.isScoped = isScoped
  }
}

/// One organization as it is, on one connection; valid inside the closure that got it.
public struct Snapshot {
  let db: Database
  let organization: Int64
}

/// One change of one organization, all of it or nothing; valid inside the closure that got it.
public struct Change {
  let db: Database
  let organization: Int64
  let origin: Origin
  let now: Timestamp

  /// What is there, this change included.
  public var snapshot: Snapshot { Snapshot(db: db, organization: organization) }
}
