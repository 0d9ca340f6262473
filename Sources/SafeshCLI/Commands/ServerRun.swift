internal import Foundation
internal import SafeTerminal
internal import SecretSafeServer
internal import Synchronization

/// `safesh serve`: starts the server, tells where it is, and waits for a signal.
struct ServerRun: Sendable {
  let data: String
  let host: String
  let port: Int
  let swaggerUI: String?
  let outward: Outward

  /// Links and mail.
  struct Outward: Sendable {
    let publicURL: String?
    let sendmail: String?
    let mailFrom: String?
  }

  func run() async -> ExitStatus {
    let (signals, continuation) = AsyncStream<Int32>.makeStream()
    Interrupts.install { signal, _ in continuation.yield(signal) }
    do {
      var options = ServerOptions(host: host, port: port, data: data) { line in Terminal.write(line + "\n", to: STDERR_FILENO) }
      options.swaggerUI = swaggerUI
      options.publicURL = outward.publicURL
      options.sendmail = outward.sendmail
      options.mailFrom = outward.mailFrom
      let started = try await SecretSafeServer.start(options)
      var text = ""
      if let key = started.newKey { text = "client_id=\(key.clientID)\nclient_secret=\(key.clientSecret)\n" }
      Terminal.write(text + "url=\(started.running.url)\n", to: STDOUT_FILENO)
      for await _ in signals { break }
      await started.running.stop()
      return .done
    } catch {
      Terminal.write("safesh serve: \(error)\n", to: STDERR_FILENO)
      return .failed
    }
  }
}
