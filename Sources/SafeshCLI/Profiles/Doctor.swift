internal import Foundation
internal import SafeConfiguration
internal import SecretSafeAPI
internal import SecretSafeClient

/// Goes the way of a session step by step, and says at each what is right or wrong. It sends GETs and one token request.
struct Doctor {
  let choice: Connection.Choice
  let environment: [String: String]
  /// Told of each finding as it is made.
  let report: (Finding) -> Void
  private(set) var findings: [Finding] = []

  init(choice: Connection.Choice, environment: [String: String], report: @escaping (Finding) -> Void) {
    (self.choice, self.environment, self.report) = (choice, environment, report)
  }

  private mutating func found(_ finding: Finding) {
    findings.append(finding)
    report(finding)
  }

  private func state(_ step: Finding.Step) -> Finding.State { findings.last { $0.step == step }?.state ?? .skipped }

  /// What the command ends with: no credentials or a rejected key is 4, any other failure 1.
  var status: ExitStatus {
    let failed = findings.filter { $0.state == .failed }.map(\.step)
    if failed.isEmpty { return .done }
    return failed.contains { [.configuration, .secret, .token].contains($0) } ? .notAuthenticated : .failed
  }

  mutating func run() async {
    let connection: Connection?
    do { connection = try Connection.choose(choice, environment) } catch {
      found(.failed(.configuration, error.message, "docs/profiles.md tells what a profile needs; 'safesh profile show' shows what there is"))
      return skip(after: .configuration, "there is no configuration")
    }
    guard let connection else {
      found(.ok(.configuration, "no profile and no SAFESH_* is set, or 'sandbox' is chosen: the sandbox inside the process, which needs nothing"))
      return skip(after: .configuration, "the sandbox needs none")
    }
    found(.ok(.configuration, configuration(connection)))
    let secret = await secret(connection)
    let options: Client.Options
    do { options = try connection.options(environment) } catch {
      found(.failed(.tls, error.message, "name a file of certificates in PEM form, or leave it out"))
      return skip(after: .secret, "the authorities cannot be read")
    }
    let probe = Probe(options.network)
    var visit = Visit(address: connection.address, probe: probe, proxies: options.network.proxies)
    for finding in await visit.way() { found(finding) }
    if state(.connection) == .failed || state(.name) == .failed || state(.proxy) == .failed {
      skip(after: .proxy, "there is no connection")
    } else {
      for finding in await visit.bases() { found(finding) }
      let session = await token(connection, secret, options)
      cache(session == nil ? nil : secret.map { key(connection, $0) }, options)
      found(visit.clock ?? .skipped(.clock, "there was no answer that tells the time"))
      if let session {
        for finding in await Offers(address: connection.address, probe: probe, session: session).findings() { found(finding) }
      } else {
        skip(after: .clock, "there is no token to ask with")
      }
    }
    await probe.shutdown()
  }

  private mutating func skip(after step: Finding.Step, _ reason: String) {
    let done = Set(findings.map(\.step))
    let rest = Finding.Step.allCases.drop { $0 != step }.dropFirst()
    for step in rest where !done.contains(step) { found(.skipped(step, reason)) }
  }

  // MARK: what is ours

  private func configuration(_ connection: Connection) -> String {
    let chosen = connection.chosen
    guard let name = chosen.name else { return "\(connection.address.host), by the environment alone" }
    var text = "profile '\(name)', \(connection.address.host), chosen by \(chosen.choice?.description ?? "the file")"
    let variables = chosen.overriding
    if !variables.isEmpty { text += "; \(variables.joined(separator: ", ")) \(variables.count == 1 ? "stands" : "stand") over its values" }
    return text + (chosen.isReadOnly ? "; read-only" : "")
  }

  private mutating func secret(_ connection: Connection) async -> String? {
    do {
      let text = try await connection.secret.text(for: connection, environment)
      found(.ok(.secret, "from \(connection.secret.description)"))
      return text
    } catch {
      let hint =
        switch connection.secret {
        case .variable(let name): "export \(name)=…, or let the profile take it from elsewhere"
        case .command: "run the command by hand; it has to print the secret and nothing more"
        case .file(let path): "write the secret into it with mode 0600: install -m 600 /dev/stdin \(path)"
        case .prompt: "run it on a terminal"
        }
      found(.failed(.secret, error.message, hint))
      return nil
    }
  }

  // MARK: the token

  private mutating func token(_ connection: Connection, _ secret: String?, _ options: Client.Options) async -> Client.SignIn? {
    guard let secret else {
      found(.skipped(.token, "there is no secret"))
      return nil
    }
    if state(.tls) == .failed {
      found(.skipped(.token, "the secret goes to no server that is not trusted"))
      return nil
    }
    if state(.identity) == .failed {
      found(.skipped(.token, "there is no identity service to ask"))
      return nil
    }
    var options = options
    options.timeout = .seconds(10)
    options.retry.connectPatience = .zero
    options.retry.faultPatience = .zero
    options.retry.limitPatience = .zero
    let client = Client(key(connection, secret), options: options)
    do throws(ClientError) {
      let session = try await client.signInAnew()
      await client.shutdown()
      found(.ok(.token, "good for \(session.expiresIn) s" + (session.scope.map { ", scope \($0)" } ?? "")))
      return session
    } catch {
      await client.shutdown()
      found(.failed(.token, error.message, Self.hint(error, connection.clientID, secret)))
      return nil
    }
  }

  /// What the form of a key tells; which half of it is wrong, no server says.
  private static func hint(_ error: ClientError, _ clientID: String, _ secret: String) -> String {
    guard error.kind == .unauthorized else {
      return error.kind == .limit ? "wait a minute: a server may allow 10 token requests in one" : "look at the steps above, and at the server's log"
    }
    let parts = clientID.split(separator: ".", omittingEmptySubsequences: false)
    if parts.first != "organization" || parts.count < 2 || !parts.dropFirst().allSatisfy({ GUID($0) != nil }) {
      return "the client id '\(clientID)' has not the form organization.xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx: copy it again"
    }
    let isPlain = secret.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) }
    if secret.utf8.count != 30 || !isPlain {
      return "the secret has \(secret.count) characters\(isPlain ? "" : ", and not only letters and digits"), while those of keys have 30: copy it again"
    }
    return "compare client id and secret with the web safe (Settings → My organization → API key); a secret that was rotated is no good any more"
  }

  private func key(_ connection: Connection, _ secret: String) -> Credentials {
    Credentials(address: connection.address, clientID: connection.clientID, secret: connection.secret.secret(known: secret))
  }

  /// - Parameter key: the one whose token just came, and should be there now.
  private mutating func cache(_ key: Credentials?, _ options: Client.Options) {
    guard let cache = options.tokens else { return found(.warning(.cache, "tokens are not shared between processes", "set HOME or XDG_CACHE_HOME")) }
    if let fault = cache.fault {
      return found(.warning(.cache, "tokens are not shared between processes: \(fault)", "make it a folder of your own with mode 0700"))
    }
    if let key, cache.remaining(of: key) == nil {
      return found(.warning(.cache, "the token was not kept in \(cache.folder)", "is the disk full or read-only?"))
    }
    found(.ok(.cache, "tokens are shared in \(cache.folder)"))
  }
}
