internal import Crypto
internal import FoundationEssentials
internal import Glibc
internal import SecretSafeAPI

/// A token as it is kept for other processes, and how long it is good for. It knows no disk.
struct CachedToken: Codable, Sendable {
  /// What a token is kept under.
  struct Key: Sendable, Hashable {
    let identity: String
    let clientID: String
    /// Stands for the secret, or for the place that it comes from: another one does not use the old one's token.
    let mark: String

    init(_ credentials: Credentials) {
      identity = credentials.address.identity
      clientID = credentials.clientID.lowercased()
      mark = Self.hash("safesh token\0\(identity)\0\(clientID)\0\(credentials.secret.mark)")
    }

    /// The file's name; it tells nobody which organization it is.
    var fileName: String { String(Self.hash("\(identity)\n\(clientID)").prefix(32)) }

    private static func hash(_ text: String) -> String {
      SHA256.hash(data: Array(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
  }

  /// Now, by the two clocks: one that people set, and one that only goes on, but begins anew when the machine starts.
  struct Moment: Sendable {
    /// Seconds since 1970.
    var wall: Int
    /// Seconds since the start of the machine, sleep included.
    var uptime: Int
    /// Which start that was; nil if nobody knows.
    var boot: String?

    static func now() -> Moment {
      var time = timespec()
      clock_gettime(CLOCK_BOOTTIME, &time)
      let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
      return Moment(wall: Int(Date().timeIntervalSince1970), uptime: time.tv_sec, boot: boot.flatMap { $0.split(separator: "\n").first.map(String.init) })
    }
  }

  static let currentVersion = 1
  /// No server gives tokens for longer; a file that says so is wrong.
  static let longestLife = 31 * 86_400
  static let longestToken = 16_384

  let version: Int
  let identity: String
  let clientID: String
  let mark: String
  let token: String
  let scope: String?
  let expiresIn: Int
  let wall: Int
  let uptime: Int
  let boot: String?

  init(_ grant: TokenGrant, _ key: Key, issued: Moment) {
    version = Self.currentVersion
    (identity, clientID, mark) = (key.identity, key.clientID, key.mark)
    (token, scope, expiresIn) = (grant.token, grant.scope, grant.expiresIn)
    (wall, uptime, boot) = (issued.wall, issued.uptime, issued.boot)
  }

  /// How old it is; nil if nobody can tell, since the clock was set back. The clock that nobody sets decides where it can.
  func age(at now: Moment) -> Int? {
    let age = boot != nil && boot == now.boot ? now.uptime - uptime : now.wall - wall
    return age >= 0 ? age : nil
  }

  /// The token with its age, if it is this key's and still to be used.
  func grant(for key: Key, at now: Moment) -> (grant: TokenGrant, age: Int)? {
    guard version == Self.currentVersion, identity == key.identity, clientID == key.clientID, mark == key.mark, (1...Self.longestLife).contains(expiresIn),
      (1...Self.longestToken).contains(token.utf8.count), TokenGrant.isPrintable(token), let age = age(at: now), Duration.seconds(age) < TokenState.use(ofLife: expiresIn)
    else { return nil }
    return (TokenGrant(token: token, expiresIn: expiresIn, scope: scope, issued: .now - .seconds(age)), age)
  }
}

/// A token that a server gave.
struct TokenGrant: Sendable {
  var token: String
  /// Seconds, counted from when it was asked for.
  var expiresIn: Int
  var scope: String?
  var issued: ContinuousClock.Instant

  /// What may stand in a header.
  static func isPrintable(_ token: String) -> Bool { token.utf8.allSatisfy { (33...126).contains($0) } }
}
