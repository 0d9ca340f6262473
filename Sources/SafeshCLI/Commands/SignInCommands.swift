internal import ArgumentParser
internal import Foundation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

struct Login: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign in now: takes the secret, asks for a token, and keeps it for all processes.",
    discussion: "Status 0, or 4 if it does not work; 'safesh doctor' tells why.")

  @OptionGroup var connection: ConnectionOptions

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  func run() async -> ExitStatus {
    let environment = ProcessInfo.processInfo.environment
    do throws(ClientError) {
      guard let chosen = try Connection.choose(connection.choice, environment) else {
        throw ClientError(.unauthorized, "no profile is chosen and no SAFESH_* is set; the sandbox needs no login")
      }
      Terminal.write("target: \(chosen.name)\n", to: STDERR_FILENO)
      var options = try chosen.options(environment)
      options.retry.connectPatience = .seconds(2)
      let client = Client(try chosen.credentials(environment), options: options)
      let session: Client.SignIn
      do throws(ClientError) { session = try await client.signInAnew() } catch {
        await client.shutdown()
        throw error
      }
      await client.shutdown()
      let end = Timestamp(microseconds: Int64(Date().timeIntervalSince1970) * 1_000_000 + Int64(session.expiresIn) * 1_000_000)
      ListOutput(output).pairs([
        ("host", chosen.address.host), ("client_id", chosen.clientID), ("scope", session.scope ?? ""), ("expires", end.description),
      ])
      return .done
    } catch {
      Terminal.write("safesh: \(error.message)\n", to: STDERR_FILENO)
      return error.kind == .cancelled ? .interrupted : .notAuthenticated
    }
  }
}

struct Logout: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove the token that is kept for a profile's key.",
    discussion: "Processes that run go on with the one they have; the server ends it when its time is over, or with the key.")

  @OptionGroup var connection: ConnectionOptions

  func run() async -> ExitStatus {
    let environment = ProcessInfo.processInfo.environment
    do throws(ClientError) {
      guard let chosen = try Connection.choose(connection.choice, environment) else {
        throw ClientError(.unauthorized, "no profile is chosen and no SAFESH_* is set; the sandbox keeps no token")
      }
      let key = Credentials(address: chosen.address, clientID: chosen.clientID, secret: ClientSecret(""))
      let isThere = Connection.tokens(environment)?.remove(of: key) ?? false
      Terminal.write("\(chosen.name): \(isThere ? "the token is removed" : "no token was kept")\n", to: STDERR_FILENO)
      return .done
    } catch {
      Terminal.write("safesh: \(error.message)\n", to: STDERR_FILENO)
      return .notAuthenticated
    }
  }
}

struct DoctorCommand: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Tell what is wrong with the way to an organization, step by step.",
    discussion: """
      It looks at the configuration, the secret, proxy, name, connection, TLS, both bases, token, clock, limits, and what the server \
      offers. It sends GETs and one token request. Status 0 if no step failed, 4 if the key does not work, else 1.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(name: .shortAndLong, help: "How values are written: table, json, jsonl, csv, yaml, md or html.")
  var output: OutputFormat = .table

  func run() async -> ExitStatus {
    let environment = ProcessInfo.processInfo.environment
    let isText = output == .table
    let color = isText && ColorChoice.auto.isOn(for: STDOUT_FILENO, environment: ProcessEnvironment.variable)
    var doctor = Doctor(choice: connection.choice, environment: environment) { finding in
      if isText { StandardOutput.write(Self.line(finding, color)) }
    }
    await doctor.run()
    if !isText {
      ListOutput(output).table(
        [.text("step"), .text("state"), .text("message"), .optionalText("hint")],
        doctor.findings.map { [.text($0.step.rawValue), .text($0.state.rawValue), .text($0.text), $0.hint.map { Value.text($0) } ?? .null] })
    }
    return doctor.status
  }

  /// A line for a step, and one for the way out.
  private static func line(_ finding: Finding, _ color: Bool) -> String {
    let (mark, style): (String, Style) =
      switch finding.state {
      case .ok: ("✓", .ok)
      case .warning: ("!", .warning)
      case .failed: ("✗", .error)
      case .skipped: ("-", .dim)
      }
    let name = finding.step.rawValue.padding(toLength: 14, withPad: " ", startingAt: 0)
    let text = style.applied(to: mark, color: color) + " \(name)\(finding.text)\n"
    return text + (finding.hint.map { String(repeating: " ", count: 16) + "→ \($0)\n" } ?? "")
  }
}
