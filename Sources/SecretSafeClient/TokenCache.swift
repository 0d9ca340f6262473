internal import FoundationEssentials
internal import Glibc
internal import SafeSystem

/// The tokens of all processes of a user, one file for each key, which only the user can read. A token is taken from there, and asked for by
/// one process while the others wait for it. Whatever is wrong with the disk, the worst that comes of it is a token request more.
public struct TokenCache: Sendable {
  /// How long the others wait for the one that asks. One that is stopped for longer does not hold them up.
  static let patience: Duration = .seconds(90)
  /// How often they look.
  private static let interval: Duration = .milliseconds(20)
  private static let longestFile = 1 << 16

  /// The folder, which is made with mode 0700 when there is something to keep.
  public let folder: String
  private let patience: Duration

  public init(folder: String) { self.init(folder: folder, patience: Self.patience) }

  init(folder: String, patience: Duration) { (self.folder, self.patience) = (folder, patience) }

  /// A token of the cache, or of `request`, which then is kept.
  ///
  /// - Parameters:
  ///   - rejected: a token that got a 401: nobody uses it again.
  ///   - isNew: a token is asked for even if there is a good one.
  func grant(
    _ key: CachedToken.Key, rejected: String?, isNew: Bool, _ request: () async throws -> TokenGrant
  ) async throws -> TokenGrant {
    let good = { () -> TokenGrant? in
      guard !isNew, let found = read(key)?.grant, found.token != rejected else { return nil }
      return found
    }
    if let found = good() { return found }
    guard (try? PrivateFolder.make(folder)) != nil else { return try await request() }
    let lock = Lock(path(key) + ".lock")
    let end = ContinuousClock.now + patience
    while !lock.isHeld, lock.canBeTaken, .now < end {
      if lock.take() { break }
      try await Task.sleep(for: Self.interval)
      if let found = good() { return found }
    }
    guard lock.isHeld else { return try await request() }
    defer { lock.release() }
    if let found = good() { return found }
    if let rejected, read(key)?.grant.token == rejected { unlink(path(key)) }
    let asked = CachedToken.Moment.now()
    let grant = try await request()
    write(CachedToken(grant, key, issued: asked), to: path(key))
    return grant
  }

  /// Removes the token of a key; false if there is none.
  @discardableResult
  public func remove(of credentials: Credentials) -> Bool { unlink(path(CachedToken.Key(credentials))) == 0 }

  /// Seconds that a kept token of a key is good for; nil if there is none.
  public func remaining(of credentials: Credentials) -> Int? {
    read(CachedToken.Key(credentials)).map { $0.grant.expiresIn - $0.age }
  }

  /// Why tokens cannot be kept; nil if they can.
  public var fault: String? {
    do throws(SystemFailure) {
      try PrivateFolder.make(folder)
      if access(folder, R_OK | W_OK | X_OK) != 0 { throw .last }
      return nil
    } catch { return "\(folder) cannot be used: \(error)" }
  }

  // MARK: the disk

  private func path(_ key: CachedToken.Key) -> String { "\(folder)/\(key.fileName).json" }

  /// A good token of the key. What is not ours, can be read by others, or is no file of this form counts as none.
  private func read(_ key: CachedToken.Key) -> (grant: TokenGrant, age: Int)? {
    let file = open(path(key), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var facts = Glibc.stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG, facts.st_uid == geteuid(), facts.st_mode & 0o077 == 0, facts.st_size <= Self.longestFile
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
    guard Glibc.read(file, &bytes, bytes.count) == bytes.count, let cached = try? JSONDecoder().decode(CachedToken.self, from: Data(bytes)) else { return nil }
    return cached.grant(for: key, at: .now())
  }

  /// Whole or not at all; called with the lock. It need not survive a power cut, so nothing waits for the disk.
  private func write(_ cached: CachedToken, to path: String) {
    guard let data = try? JSONEncoder().encode(cached) else { return }
    let beside = path + ".new"
    unlink(beside)
    let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    let bytes = Array(data)
    let isWhole = Glibc.write(file, bytes, bytes.count) == bytes.count
    close(file)
    if !isWhole || rename(beside, path) != 0 { unlink(beside) }
  }

  /// A lock that the system takes back however its holder ends.
  private final class Lock {
    private var file: Int32
    private(set) var isHeld = false
    /// False where the disk knows no locks.
    private(set) var canBeTaken: Bool

    init(_ path: String) {
      file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      canBeTaken = file >= 0
    }

    func take() -> Bool {
      isHeld = flock(file, LOCK_EX | LOCK_NB) == 0
      if !isHeld, errno != EWOULDBLOCK, errno != EINTR { canBeTaken = false }
      return isHeld
    }

    func release() {
      if file >= 0 { close(file) }
      file = -1
    }

    deinit { release() }
  }
}
