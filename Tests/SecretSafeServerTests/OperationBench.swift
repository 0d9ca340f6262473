import Foundation
import SecretSafeAPI

@testable import SecretSafeServer

/// A server of its own on a free port, with its log and a token, for what only a real socket shows.
struct OperationBench: Sendable {
  let running: RunningServer
  let key: OrganizationKey
  let token: String
  let lines: Lines
  let folder: URL

  static func run(
    _ change: (inout ServerOptions) throws -> Void = { _ in }, _ body: (OperationBench) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("org.db").path
    // The key comes from a start without any of the options, so that none of them stands in its way.
    let first = try await SecretSafeServer.start(ServerOptions(port: 0, data: path))
    guard let key = first.newKey, let token = try await RawClient(port: first.running.port).token(key) else { throw RawClient.Failure() }
    await first.running.stop()

    let lines = Lines()
    var options = ServerOptions(port: 0, data: path, accessLog: { lines.add($0) })
    try change(&options)
    let running = try await SecretSafeServer.start(options).running
    do {
      try await body(OperationBench(running: running, key: key, token: token, lines: lines, folder: folder))
    } catch {
      await running.stop()
      throw error
    }
    await running.stop()
  }

  /// On a connection of its own; nil if that ended before the whole answer was there.
  func send(_ method: String, _ path: String, _ body: String = "") async -> String? {
    try? await RawClient(port: running.port).request(method, path, token: token, body: body)
  }

  func invite(_ email: String) async -> String? {
    await send("POST", "/api/public/members", #"{"email":"\#(email)","type":2}"#)
  }
}

extension String {
  /// Of an answer with its head.
  var body: String { range(of: "\r\n\r\n").map { String(self[$0.upperBound...]) } ?? "" }
  var status: Int? { firstMatch(of: /^HTTP\/1\.1 (\d+)/).flatMap { Int($0.1) } }
}
