internal import FoundationEssentials
internal import SecretSafeAPI

/// A transport in front of which requests wait until limits and load allow them.
struct PacedTransport: Sendable {
  private let transport: any Transport
  private let address: ServerAddress
  /// Nil where nothing is held back.
  private let queue: PacingQueue?

  init(_ transport: any Transport, to address: ServerAddress, _ options: Client.Options) {
    self.transport = transport
    self.address = address
    let preset = options.pacing ?? PacingPreset(host: address.host)
    let shared = options.sharedFolder.map { SharedBudget(folder: $0, server: address.host, onTrouble: options.onPacingTrouble) }
    queue = preset == .none ? nil : PacingQueue(preset, connections: options.connections, shared: shared, onWait: options.onWait)
  }

  func shutdown() async { await transport.shutdown() }

  /// One exchange. `kind` is what requests of about the same effort have in common; `beforeSending` is called when it may go.
  func send(
    _ service: LimitRule.Service, _ method: String, _ path: String, query: String = "", kind: String, headers: [(String, String)], body: [UInt8]?,
    beforeSending: () async throws(TransportFailure) -> Void = { () throws(TransportFailure) in }
  ) async throws(TransportFailure) -> Answer {
    let url = (service == .api ? address.api : address.identity) + path + query
    guard let queue else {
      try await beforeSending()
      return try await transport.send(method, url, headers: headers, body: body)
    }
    let ticket: PacingTicket
    // Who is cancelled here sent nothing; the caller sees that the task is cancelled.
    do { ticket = try await queue.enter(PacedCall(service, method, path), kind) } catch { throw .unusable("interrupted") }
    do throws(TransportFailure) {
      try await beforeSending()
      let answer = try await transport.send(method, url, headers: headers, body: body)
      queue.ended(ticket, PacedResult(answer, now: Int(Date().timeIntervalSince1970)))
      return answer
    } catch {
      switch error {
      case .refused, .unusable, .withheld: queue.ended(ticket, .notSent)
      case .broken: queue.ended(ticket, .lost)
      }
      throw error
    }
  }
}
