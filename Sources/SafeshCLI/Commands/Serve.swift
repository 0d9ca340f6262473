internal import ArgumentParser
internal import SecretSafeAPI
internal import SecretSafeServer

struct Serve: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Be the server of an organization, in one file.",
    discussion: """
      The first start on a new file makes an organization and prints its key, once. Every start prints the URL. Requests are \
      logged on standard error. SIGTERM and SIGINT stop it after the requests under way.

      The web safe of the organization's owners is at /, and the API's documentation at /api/docs/. GET /health answers 200 while the \
      data can be read. GET /metrics tells what is counted, in the form of Prometheus.
      """)

  @Option(help: ArgumentHelp("The file of the organization; made if it is not there.", valueName: "file"))
  var data: String

  @Option(
    help: ArgumentHelp("Begin a new file with this snapshot; one that holds an organization already is refused.", valueName: "snapshot"),
    transform: { path in
      do throws(SnapshotFile.Problem) { return try SnapshotFile(path) } catch { throw ValidationError(error.lines.joined(separator: "\n")) }
    })
  var from: SnapshotFile?

  @Option(help: "The address to listen on.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 picks a free one.")
  var port = 8087

  @Option(
    help: ArgumentHelp(
      "The certificate in PEM form, the server's own first; with --tls-key, the server speaks HTTPS. Both files are read anew on SIGHUP.",
      valueName: "file"))
  var tlsCert: String?

  @Option(help: ArgumentHelp("The certificate's key in PEM form, without a pass phrase.", valueName: "file"))
  var tlsKey: String?

  @Option(
    help: ArgumentHelp(
      "How often a caller may call a path: none (the default), cloud (the limits of the contract), or a file.",
      discussion: """
        A file holds JSON: {"rules": [{"service": "api", "method": "POST", "path": "/public/members", "limit": 60, "period": "1m"}]}. \
        The service is api or identity; without a method a rule is for all methods, without a path for each path by itself; a period \
        is a number and s, m, h or d.
        """, valueName: "none|cloud|file"),
    transform: { try checked($0, LimitRules.init(named:)) })
  var limits = LimitRules.none

  @Option(
    help: ArgumentHelp(
      "A network of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8 or fd00::/8. May be given again.", valueName: "network"),
    transform: { try checked($0, Network.init) })
  var proxy: [Network] = []

  @Option(
    help: ArgumentHelp(
      "Faults to make on purpose, for testing scripts: shares of the requests by name, or none.",
      discussion: """
        As 429=0.1,500=0.05,latency=20ms,close-before=0.01,close-after=0.01,cut=0.01,html=0.02,seed=1, and 502, 503, 504. With close-after \
        and cut a change has been made, with the others not. GET and PUT /faults read and change the same text while the server runs, \
        from this machine; without this option there is no /faults.
        """, valueName: "faults"),
    transform: { try checked($0, FaultSpec.init) })
  var faults: FaultSpec?

  @Option(help: ArgumentHelp("Let tokens end after so many seconds, for testing; the contract says 3600.", valueName: "seconds"))
  var tokenLifetime: Int?

  @Option(
    help: ArgumentHelp("How requests are logged, a line for each: text (the default) or json.", valueName: "text|json"),
    transform: { text in
      guard let format = LogFormat(rawValue: text) else { throw ValidationError("'\(text)' is none of text, json") }
      return format
    })
  var log = LogFormat.text

  @Option(
    help: ArgumentHelp("A network that may ask for /metrics, beside this machine. May be given again.", valueName: "network"),
    transform: { try checked($0, Network.init) })
  var metricsFrom: [Network] = []

  @Option(help: ArgumentHelp("A folder with Swagger UI for /api/docs/, as scripts/fetch-swagger-ui makes it.", valueName: "folder"))
  var swaggerUi: String?

  @Option(help: ArgumentHelp("Where people reach the server, for links: https://safe.example.net (default: its own address).", valueName: "url"))
  var publicUrl: String?

  @Option(help: ArgumentHelp("A command that sends the mail on its input, as 'msmtp -t'; without it mails wait in the outbox.", valueName: "command"))
  var sendmail: String?

  @Option(help: ArgumentHelp("Who mails are from (default: safesh at the host of the public URL).", valueName: "address"))
  var mailFrom: String?

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("there is no port \(port); ports are 1 to 65535, and 0 picks a free one") }
    if let tokenLifetime, !(1...3600).contains(tokenLifetime) { throw ValidationError("a token lives 1 to 3600 seconds") }
    guard (tlsCert == nil) == (tlsKey == nil) else { throw ValidationError("--tls-cert and --tls-key go together: give both, or none for HTTP") }
  }

  func run() async -> ExitStatus {
    var options = ServerOptions(host: host, port: port, data: data)
    options.snapshot = from?.snapshot
    if let tlsCert, let tlsKey { options.tls = (tlsCert, tlsKey) }
    options.limits = limits
    options.proxies = proxy
    options.faults = faults
    if let tokenLifetime { options.tokenLifetime = tokenLifetime }
    options.logFormat = log
    options.metricsFrom = metricsFrom
    options.swaggerUI = swaggerUi
    options.publicURL = publicUrl
    options.sendmail = sendmail
    options.mailFrom = mailFrom
    return await ServerRun(options: options).run()
  }

  /// What a value says of itself when it is wrong.
  private static func checked<Value>(_ text: String, _ make: (String) throws(MalformedOption) -> Value) throws -> Value {
    do { return try make(text) } catch { throw ValidationError(error.description) }
  }
}
