internal import Foundation
internal import SafeTerminal
internal import SecretSafeServer
internal import Synchronization

/// `safesh serve`: starts the server, tells where it is, and waits for a signal.
struct ServerRun: Sendable {
  let options: ServerOptions

  func run() async -> ExitStatus {
    let (signals, continuation) = AsyncStream<Int32>.makeStream()
    Interrupts.install { signal, _ in continuation.yield(signal) }
    do {
      var options = options
      options.accessLog = { line in Terminal.write(line + "\n", to: STDERR_FILENO) }
      options.metrics.bootstrap()
      let started = try await SecretSafeServer.start(options)
      var text = ""
      if let key = started.newKey { text = "client_id=\(key.clientID)\nclient_secret=\(key.clientSecret)\n" }
      StandardOutput.write(text + "url=\(started.running.url)\n")
      for await signal in signals {
        // Without a certificate SIGHUP is what it is for others: the terminal is gone.
        if signal == SIGHUP, started.running.reloadCertificate() { continue }
        break
      }
      await started.running.stop()
      return .done
    } catch {
      Terminal.write("safesh serve: \(error)\n", to: STDERR_FILENO)
      return .failed
    }
  }
}
