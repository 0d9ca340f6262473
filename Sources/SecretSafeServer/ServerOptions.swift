public import SecretSafeAPI
internal import SecretSafeStore

/// How to start a server.
public struct ServerOptions: Sendable {
  /// The address to listen on, numeric or a name.
  public var host = "127.0.0.1"
  /// 0 for a free one.
  public var port = 8087
  /// The path of the data file, which is created if it is missing.
  public var data: String
  /// What the organization of a new file begins with; a file that holds one already is then refused.
  public var snapshot: OrganizationSnapshot?
  /// Gets one line for each request, and for what else happens, without the line's end. Called from many threads.
  public var accessLog: (@Sendable (String) -> Void)?
  public var logFormat = LogFormat.text
  /// How often a caller may call a path.
  public var limits = LimitRules.none
  /// Proxies whose `X-Forwarded-For` is believed.
  public var proxies: [Network] = []
  /// Faults to make on purpose, which `PUT /faults` changes; nil for none ever.
  public var faults: FaultSpec?
  /// Seconds that a token lives.
  public var tokenLifetime = Store.tokenLifetime
  /// The PEM files of certificate and key; nil for HTTP.
  public var tls: (certificate: String, key: String)?
  /// What the server counts, for `GET /metrics`.
  public var metrics = ServerMetrics()
  /// Networks that may ask for it, beside this machine.
  public var metricsFrom: [Network] = []

  var connections = ConnectionLimits()

  /// A folder with Swagger UI's files, as `scripts/fetch-swagger-ui` makes it; without it the page at `/api/docs/` tells how.
  public var swaggerUI: String?

  /// Where people reach the server, as `https://safe.example.net`: the base of links. Without it, it is the server's own address.
  public var publicURL: String?
  /// A command line that sends the mail on its standard input to those in its headers, as `msmtp -t`; without one mails wait in the outbox.
  public var sendmail: String?
  /// Who mails are from; without it `safesh` at the host of the public URL.
  public var mailFrom: String?

  public init(
    host: String = "127.0.0.1", port: Int = 8087, data: String, accessLog: (@Sendable (String) -> Void)? = nil
  ) {
    self.host = host
    self.port = port
    self.data = data
    self.accessLog = accessLog
  }

  var operation: ServerOperation {
    ServerOperation(
      log: accessLog.map { LineLog.logger(logFormat, $0) }, proxies: proxies, limits: limits, faults: faults.map(FaultSwitch.init), metrics: metrics,
      tokenLifetime: tokenLifetime, metricsFrom: metricsFrom)
  }
}

/// An organization's credentials. The secret is shown once: the server keeps only its hash.
public struct OrganizationKey: Hashable, Sendable {
  /// `organization.<guid>`
  public let clientID: String
  /// 30 letters and digits.
  public let clientSecret: String
}

/// Why a server cannot start. The text is lower case and names a way out.
public struct ServerError: Error, Hashable, CustomStringConvertible {
  public enum Code: Sendable {
    /// The data file is in use, no database of ours, or out of reach.
    case data
    /// The port is taken, or may not be used.
    case port
    /// The address is not one of this machine's.
    case host
    /// The rules do not allow it, or what is named is not there.
    case refused
    /// Certificate or key cannot be read, or do not belong together.
    case certificate
    case other
  }

  public let code: Code
  public let description: String

  init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
