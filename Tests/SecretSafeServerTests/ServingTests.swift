import Foundation
import SecretSafeAPI
import Synchronization
import Testing

@testable import SecretSafeServer

/// Starting, stopping and the data file, from outside.
@Suite struct ServingTests {
  @Test func dataSurvivesARestart() async throws {
    try await withFile { path in
      let first = try await SecretSafeServer.start(ServerOptions(port: 0, data: path))
      let key = try #require(first.newKey)
      #expect(first.running.port > 0)
      #expect(first.running.url == "http://127.0.0.1:\(first.running.port)")
      let connection = try RawClient(port: first.running.port)
      let token = try await connection.token(key)
      let invited = try await connection.request(
        "POST", "/api/public/members", token: token, body: #"{"email":"kim@example.net","type":2}"#)
      #expect(invited.hasPrefix("HTTP/1.1 200 OK"))
      await first.running.stop()

      let second = try await SecretSafeServer.start(ServerOptions(port: 0, data: path))
      #expect(second.newKey == nil)
      let again = try RawClient(port: second.running.port)
      // Tokens are on disk as well.
      #expect(try await again.request("GET", "/api/public/members", token: token).contains("kim@example.net"))
      #expect(try await again.token(key) != token)
      await second.running.stop()
      try await second.running.waitUntilStopped()
    }
  }

  @Test func errorsNameAWayOut() async throws {
    try await withFile { path in
      let running = try await SecretSafeServer.start(ServerOptions(port: 0, data: path)).running
      await expectError(.data, "\(path) is in use by another server: stop it, or name another file") {
        try await SecretSafeServer.start(ServerOptions(port: 0, data: path))
      }
      await expectError(.port, "port \(running.port) on 127.0.0.1 is in use") {
        try await SecretSafeServer.start(ServerOptions(port: running.port, data: path + "2"))
      }
      await expectError(.host, "192.0.2.1 is not an address of this machine") {
        try await SecretSafeServer.start(ServerOptions(host: "192.0.2.1", port: 0, data: path + "3"))
      }
      await expectError(.host, "the host 'no such host' is not known: name an address of this machine") {
        try await SecretSafeServer.start(ServerOptions(host: "no such host", port: 0, data: path + "3"))
      }
      await expectError(.data, "the name of the data file is empty") { try await SecretSafeServer.start(ServerOptions(port: 0, data: "")) }
      await expectError(.data, "cannot be created") {
        try await SecretSafeServer.start(ServerOptions(port: 0, data: path + "/x/y"))
      }
      await running.stop()
      // A failed start lets go of the file, and has not used up the key.
      let second = try await SecretSafeServer.start(ServerOptions(port: 0, data: path + "2"))
      #expect(second.newKey != nil)
      await second.running.stop()
    }
  }

  @Test func stopFinishesWhatRuns() async throws {
    try await withFile { path in
      let lines = Mutex<[String]>([])
      let server = try await SecretSafeServer.start(
        ServerOptions(port: 0, data: path, accessLog: { line in lines.withLock { $0.append(line) } }))
      let key = try #require(server.newKey)
      let idle = try RawClient(port: server.running.port)
      let busy = try RawClient(port: server.running.port)
      let token = try #require(try await idle.token(key))
      // The head is there and half of the body when the server is told to stop.
      let body = #"{"email":"kim@example.net","type":2}"#
      try busy.write(
        "POST /api/public/members HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer \(token)\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n" + body.prefix(10))
      try await Task.sleep(for: .milliseconds(200))
      let stopping = Task { await server.running.stop() }
      try await Task.sleep(for: .milliseconds(200))
      try busy.write(String(body.dropFirst(10)))
      #expect(try await busy.readAnswer().hasPrefix("HTTP/1.1 200 OK"))
      await stopping.value
      await server.running.stop()
      let last = lines.withLock { $0 }.suffix(2)
      #expect(last.first?.contains(" POST /api/public/members 200 ") == true, "\(last)")
      #expect(last.last?.hasSuffix(" info stopped changes=4 commits=4") == true, "\(last)")
    }
  }

  private func expectError(
    _ code: ServerError.Code, _ text: String, _ body: () async throws -> StartedServer
  ) async {
    do {
      let server = try await body()
      await server.running.stop()
      Issue.record("started all the same")
    } catch let error as ServerError {
      #expect(error.code == code)
      #expect(error.description.contains(text), "\(error)")
    } catch {
      Issue.record("another error: \(error)")
    }
  }
}

@Suite struct SandboxTests {
  @Test func demoOrganizationIsBelievable() {
    let members = DemoOrganization.members.map(\.member)
    #expect(members.count == 60)
    #expect(Set(members.map(\.id)).count == 60)
    #expect(Set(members.map(\.email)).count == 60)
    for status in [-1, 0, 1, 2, 3] { #expect(members.contains { $0.status.rawValue == status }) }
    for type in [0, 1, 2, 4] { #expect(members.contains { $0.type.rawValue == type }) }
    #expect(members.count { $0.status == .confirmed && $0.type == .owner } >= 2)
    #expect(members.allSatisfy { EmailAddress.isAcceptable($0.email) })
    #expect((3...10).contains(members.count { !$0.email.hasSuffix("@acme.com") }))
    #expect(members.contains { $0.status == .confirmed && !$0.twoFactorEnabled })
    let alice = members.first { $0.email == "alice@acme.com" }
    #expect(alice?.status == .confirmed && alice?.type == .owner)
    #expect(members.contains { $0.email == "bob@acme.com" })
    #expect(
      DemoOrganization.groups.map(\.name) == [
        "Engineering", "Design", "Sales", "Marketing", "Finance", "Operations", "Support", "People",
      ])
    #expect(DemoOrganization.collections.count == 12)
    #expect(DemoOrganization.collections.contains { $0.externalId == "infra/production" })
    for associations in [members.flatMap { $0.collections ?? [] }, DemoOrganization.groups.flatMap { $0.collections ?? [] }] {
      #expect(Set(associations.map(\.access)) == Set(Access.allCases))
    }
    for group in DemoOrganization.groups {
      #expect(DemoOrganization.members.count { $0.groups.contains(group.id) } >= 3, "\(group.name)")
    }
  }

  /// Every name in the table's cells is one that is known: nothing is dropped while it is read.
  @Test func tableIsReadWhole() {
    let commas = { (text: String) in text.count { $0 == "," } }
    let groupCells = DemoTable.groups.split(separator: "\n").map { String($0.split(separator: "|")[2]) }
    #expect(DemoOrganization.groups.map { $0.collections?.count } == groupCells.map { commas($0) + 1 })
    for (row, line) in zip(DemoOrganization.members, DemoTable.members.split(separator: "\n")) {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(row.groups.count == (cells[5] == "-" ? 0 : commas(cells[5]) + 1), "\(line)")
      #expect(row.member.collections?.count == (cells[7] == "-" ? 0 : commas(cells[7]) + 1), "\(line)")
      #expect((row.member.status == .revoked) == (row.statusBefore != nil), "\(line)")
      #expect((row.member.type == .custom) == (row.member.permissions?.isEmpty == false), "\(line)")
    }
  }

  @Test func memorySandboxAnswers() async throws {
    let sandbox = try await Sandbox.start()
    let client = try RawClient(port: sandbox.server.port)
    let token = try await client.token(OrganizationKey(clientID: sandbox.clientID, clientSecret: sandbox.clientSecret))
    #expect(try await client.request("GET", "/api/public/members", token: token).contains("alice@acme.com"))
    await sandbox.server.stop()
  }

  @Test func eachStartHasItsOwnKey() async throws {
    try await withFile { path in
      let first = try await Sandbox.start(file: path)
      let firstKey = OrganizationKey(clientID: first.clientID, clientSecret: first.clientSecret)
      var client = try RawClient(port: first.server.port)
      let token = try await client.token(firstKey)
      _ = try await client.request("POST", "/api/public/members", token: token, body: #"{"email":"new@acme.com","type":2}"#)
      await first.server.stop()

      let second = try await Sandbox.start(file: path)
      #expect(second.clientID == first.clientID)
      #expect(second.clientSecret != first.clientSecret)
      client = try RawClient(port: second.server.port)
      #expect(try await client.request("GET", "/api/public/members", token: token).hasPrefix("HTTP/1.1 401"))
      #expect(try await client.token(firstKey) == nil)
      let newToken = try await client.token(OrganizationKey(clientID: second.clientID, clientSecret: second.clientSecret))
      #expect(try await client.request("GET", "/api/public/members", token: newToken).contains("new@acme.com"))
      await second.server.stop()
    }
  }
}

func withFile<T>(_ body: (String) async throws -> T) async throws -> T {
  let directory = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: directory) }
  return try await body(directory.appendingPathComponent("org.db").path)
}
