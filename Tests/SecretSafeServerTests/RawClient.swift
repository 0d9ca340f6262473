import Dispatch
import Foundation

@testable import SecretSafeServer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// One connection to a loopback port, which can also send half a request. It blocks threads of its own only, since the server
/// runs on the test's.
final class RawClient: Sendable {
  struct Failure: Error {}

  private let socket: Int32

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var timeout = timeval(tv_sec: 20, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] { setsockopt(socket, SOL_SOCKET, option, &timeout, socklen_t(MemoryLayout<timeval>.size)) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else { throw Failure() }
  }

  deinit { close(socket) }

  func write(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Failure() }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Writes without reading an answer; true if the server closed the connection meanwhile.
  func writeUntilRefused(_ text: String, times: Int) async -> Bool {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        do {
          for _ in 1...times { try self.write(text) }
          continuation.resume(returning: false)
        } catch {
          continuation.resume(returning: errno == EPIPE || errno == ECONNRESET)
        }
      }
    }
  }

  /// All until the server closes the connection.
  func readToEnd() async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try self.readToEndBlocking() }) }
    }
  }

  private func readToEndBlocking() throws -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count == 0 || count < 0 && errno == ECONNRESET { return text }
      guard count > 0 else { throw Failure() }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  /// Head and body as text.
  func readAnswer() async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try self.readBlocking() }) }
    }
  }

  private func readBlocking() throws -> String {
    var text = ""
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      if let end = text.range(of: "\r\n\r\n") {
        let length = text[..<end.lowerBound].firstMatch(of: /[Cc]ontent-[Ll]ength: (\d+)/).flatMap { Int($0.1) } ?? 0
        if text[end.upperBound...].utf8.count >= length { return text }
      }
      let count = recv(socket, &buffer, buffer.count, 0)
      guard count > 0 else { throw Failure() }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
  }

  func request(
    _ method: String, _ path: String, token: String? = nil, type: String = "application/json", body: String = ""
  ) async throws -> String {
    try write(
      "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
        + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + "\r\n" + body)
    return try await readAnswer()
  }

  /// Nil if it is refused.
  func token(_ key: OrganizationKey) async throws -> String? {
    let answer = try await request(
      "POST", "/identity/connect/token", type: "application/x-www-form-urlencoded",
      body: "grant_type=client_credentials&client_id=\(key.clientID)&client_secret=\(key.clientSecret)")
    return answer.firstMatch(of: /"access_token":"(\w+)"/).map { String($0.1) }
  }
}
