import Foundation
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// The form of a message.
@Suite struct MailMessageTests {
  private static let date = Timestamp(microseconds: 1_795_523_184_936_895)

  private func message(from: String = "Acme", to: String? = nil, address: String = "kim@example.net", subject: String = "Hello", body: String = "Hi.\n") throws
    -> String
  {
    MailMessage(
      from: try #require(Mailbox(name: from, address: "safesh@example.net")), to: try #require(Mailbox(name: to, address: address)), subject: subject,
      body: body, date: Self.date, id: "1.2@example.net"
    ).text
  }

  @Test func plainMessage() throws {
    #expect(
      try message() == """
        From: Acme <safesh@example.net>
        To: kim@example.net
        Subject: Hello
        Date: Tue, 24 Nov 2026 12:26:24 +0000
        Message-ID: <1.2@example.net>
        MIME-Version: 1.0
        Content-Type: text/plain; charset=utf-8
        Content-Transfer-Encoding: quoted-printable
        Auto-Submitted: auto-generated

        Hi.

        """)
  }

  @Test func datesAreRight() {
    #expect(MailMessage.date(Timestamp(microseconds: 0)) == "Thu, 01 Jan 1970 00:00:00 +0000")
    #expect(MailMessage.date(Timestamp(microseconds: 1_709_164_800_000_000)) == "Thu, 29 Feb 2024 00:00:00 +0000")
  }

  /// Python's own parser gets back what went in, whatever that is.
  @Test(arguments: [
    "Acme", "Ümläut & Söhne GmbH", "a, b; \"c\" \\ <d@e.f>", "=?utf-8?B?aGFjaw==?=", "日本語の組織の名前はとても長いので折り返されます、そうでしょう、本当に",
    "x\r\nBcc: eve@example.net", "x\nBcc: eve@example.net\n\nbody", "\u{0}\u{7f}\u{85}\u{2028}x", String(repeating: "long ", count: 60), " lead", "🤷🏽‍♀️e\u{301}",
  ])
  func textsSurviveAndInjectNothing(_ text: String) throws {
    let body = "Hi \(text) there \n.\nFrom me\n" + String(repeating: "é=", count: 60) + "\ttab\t\nend"
    let raw = try message(from: text, to: text, subject: text, body: body)
    #expect(raw.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 10 || $0 == 9 })
    #expect(raw.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy { $0.utf8.count <= 78 }, "\(raw)")
    let parsed = try python(
      """
      import sys, email, email.policy, email.header, email.utils, json
      raw = sys.stdin.buffer.read()
      # The older parser for the name: the newer one keeps the white space between two encoded words of a name.
      name = email.utils.parseaddr(email.message_from_bytes(raw)['to'].replace("\\n", ""))[0]
      name = str(email.header.make_header(email.header.decode_header(name)))
      m = email.message_from_bytes(raw, policy=email.policy.default)
      print(json.dumps([list(m.keys()), str(m['subject']), [[name, a.addr_spec] for a in m['to'].addresses],
        [a.addr_spec for a in m['from'].addresses], m.get_content(), [str(d) for d in m.defects]]))
      """, raw)
    let values = try #require(try JSONSerialization.jsonObject(with: parsed) as? [Any])
    #expect(
      values[0] as? [String] == [
        "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted",
      ])
    let visible = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    #expect(values[1] as? String == visible)
    let to = try #require(values[2] as? [[String]])
    #expect(to.count == 1 && to[0][1] == "kim@example.net")
    #expect(to[0][0].trimmingCharacters(in: .whitespaces) == visible.trimmingCharacters(in: .whitespaces))
    #expect(values[3] as? [String] == ["safesh@example.net"])
    // A line end is the only thing that a text's transport may change.
    #expect((values[4] as? String).map(normalized) == normalized(body))
    #expect(values[5] as? [String] == [])
  }

  private func normalized(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").trimmingCharacters(in: .newlines)
  }

  @Test func addressesAreOneAddress() {
    #expect(Mailbox(address: "kim@example.net")?.header == "kim@example.net")
    #expect(Mailbox(address: "a,b@example.net")?.header == "\"a,b\"@example.net")
    #expect(Mailbox(address: "a\"b\\c@example.net")?.header == "\"a\\\"b\\\\c\"@example.net")
    #expect(Mailbox(address: "<a>@example.net")?.header == "\"<a>\"@example.net")
    #expect(Mailbox(address: "jürgen@bücher.example")?.header == "jürgen@bücher.example")
    #expect(Mailbox(address: "safesh@[127.0.0.1]")?.header == "safesh@[127.0.0.1]")
    for wrong in ["kim", "@x.net", "a@b@c", "a@b,eve@example.net", "a@b>c", "a@", "a\n@b.net", "a\u{2028}@b.net", "a@b\u{85}c", "a@b.net\r\nBcc: x", "a@ b"] {
      #expect(Mailbox(address: wrong) == nil, "\(wrong)")
    }
  }

  @Test func senderFollowsTheHost() {
    #expect(MailSender.defaultSender(host: "safe.example.net") == "safesh@safe.example.net")
    #expect(MailSender.defaultSender(host: "127.0.0.1") == "safesh@[127.0.0.1]")
    #expect(MailSender.defaultSender(host: "::1") == "safesh@[IPv6:::1]")
  }

  @Test func publicAddressesAreChecked() {
    #expect(PublicAddress.normalized("https://safe.example.net/") == "https://safe.example.net")
    #expect(PublicAddress.normalized("http://[::1]:8087") == "http://[::1]:8087")
    for wrong in ["safe.example.net", "ftp://x", "https://", "https://x/path", "https://x?y", "https://u@x", "javascript:alert(1)", "", "https://a b"] {
      #expect(PublicAddress.normalized(wrong) == nil, "\(wrong)")
    }
    var options = ServerOptions(data: "x")
    options.mailFrom = "a@b\nBcc: x"
    #expect(throws: ServerError.self) { try options.outward() }
  }
}

@Suite struct MailBackoffTests {
  @Test func waitsDoubleUpToAnHourForFiveDays() {
    let start = Timestamp(microseconds: 0)
    var now = start
    var waits: [Int64] = []
    while let next = MailBackoff.next(afterFailures: waits.count + 1, at: now) {
      waits.append((next.microseconds - now.microseconds) / 1_000_000)
      now = next
    }
    #expect(waits.prefix(9) == [30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
    #expect(waits.max() == 3_600)
    #expect((118...122).contains(now.microseconds / 3_600_000_000))
  }
}

/// Real commands.
@Suite struct MailSenderTests {
  @Test func commandGetsTheMessage() async throws {
    try await withOutbox { outbox in
      let sender = outbox.sender("cat > \(outbox.folder)/got; ls /proc/self/fd | wc -l > \(outbox.folder)/files")
      #expect(try await sender.sendDue(.now()))
      let mail = try outbox.mails()[0]
      guard case .sent = mail.state else { return #expect(Bool(false), "\(mail)") }
      let got = try String(contentsOfFile: "\(outbox.folder)/got", encoding: .utf8)
      #expect(got.contains("\nTo: kim@example.net\n") && got.contains("\nMessage-ID: <1."))
      let text = got.replacing("=\n", with: "")
      #expect(text.contains("https://safe.example.net/join/\(try #require(mail.link))"))
      #expect(got.hasPrefix("From: =?utf-8?B?"))
      // Standard streams and the one that lists them.
      #expect(try String(contentsOfFile: "\(outbox.folder)/files", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines) == "4")
      #expect(try await !sender.sendDue(.now().adding(seconds: 9_999)))
    }
  }

  @Test func failuresAreRepeatedWithTheSameId() async throws {
    try await withOutbox { outbox in
      let script = """
        cat > \(outbox.folder)/mail.$$; echo x >> \(outbox.folder)/count
        [ $(wc -l < \(outbox.folder)/count) -ge 3 ] || { echo "warming up" >&2; echo "try later é" >&2; exit 75; }
        """
      let sender = outbox.sender(script)
      var now = Timestamp.now()
      for attempt in 1...2 {
        #expect(try await sender.sendDue(now))
        let mail = try outbox.mails()[0]
        guard case .waiting(let due) = mail.state else { return #expect(Bool(false), "\(mail)") }
        #expect(mail.attempts == attempt && mail.failure == "status 75: try later é")
        #expect(try await !sender.sendDue(Timestamp(microseconds: due.microseconds - 1)))
        now = due
      }
      #expect(try await sender.sendDue(now))
      let mail = try outbox.mails()[0]
      guard case .sent = mail.state else { return #expect(Bool(false), "\(mail)") }
      #expect(mail.attempts == 3 && mail.failure == nil)
      let files = try FileManager.default.contentsOfDirectory(atPath: outbox.folder).filter { $0.hasPrefix("mail.") }
      let texts = Set(try files.map { try String(contentsOfFile: "\(outbox.folder)/\($0)", encoding: .utf8) })
      #expect(files.count == 3 && texts.count == 1)
    }
  }

  @Test(arguments: [
    ("exit 3", "status 3"), ("kill -9 $$", "signal 9"), ("no-such-command-at-all", "status 127: "), ("echo why >&2; exit 1", "status 1: why"),
    ("yes error | head -c 1000000 >&2; echo >&2; echo last >&2; exit 1", "status 1: last"),
  ])
  func reasonsAreTold(_ line: String, _ reason: String) async {
    await #expect {
      try await MailCommand(line: line).run("x")
    } throws: {
      ($0 as? MailCommand.Failure)?.description.hasPrefix(reason) == true
    }
  }

  @Test(arguments: ["true", "exec 0<&-; sleep 0.1", "sleep 30 >/dev/null 2>&1 & true", "cat"])
  func successIsTheStatusAlone(_ line: String) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    try await MailCommand(line: line).run(String(repeating: "x", count: 60_000))
    #expect(clock.now - start < .seconds(10))
  }

  @Test func hangingCommandIsStoppedWithAllItStarted() async throws {
    try await withOutbox { outbox in
      let sender = outbox.sender("sh -c 'echo $$ > \(outbox.folder)/pid; sleep 300' ; true", timeLimit: 1)
      #expect(try await sender.sendDue(.now()))
      let mail = try outbox.mails()[0]
      #expect(mail.failure == "the command was stopped after 1 seconds")
      let pid = try #require(Int32(try String(contentsOfFile: "\(outbox.folder)/pid", encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)))
      try await Task.sleep(for: .milliseconds(200))
      let state = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
      #expect(state == nil || state?.contains(") Z ") == true)
    }
  }

  @Test func whatCannotBeSentIsGivenUp() async throws {
    try await withOutbox { outbox in
      try await outbox.store.change(outbox.organization) { change in
        try change.load(Member(id: guid(8), email: "a@b,c@d.net", status: .staged, type: .user))
        try change.revoke(guid(7))
      }
      #expect(try await outbox.sender("cat").sendDue(.now()))
      let mail = try outbox.mails()[0]
      #expect(mail.state == .ended && mail.failure == "the invitation is over")
    }
  }

  @Test func serverSendsWhatIsWrittenAndStops() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var options = ServerOptions(port: 0, data: folder.appendingPathComponent("org.db").path)
    options.sendmail = "cat > \(folder.path)/got.tmp; mv \(folder.path)/got.tmp \(folder.path)/got; [ ! -e \(folder.path)/hang ] || sleep 300"
    options.mailFrom = "post@example.net"
    let server = try await SecretSafeServer.start(options)
    let client = try RawClient(port: server.running.port)
    let token = try await client.token(try #require(server.newKey))
    _ = try await client.request("POST", "/api/public/members", token: token, body: #"{"email":"kim@example.net","type":2}"#)
    let got = folder.appendingPathComponent("got")
    for _ in 0..<100 where !FileManager.default.fileExists(atPath: got.path) { try await Task.sleep(for: .milliseconds(50)) }
    let text = try String(contentsOf: got, encoding: .utf8)
    #expect(text.contains("From: Organization <post@example.net>") && text.replacing("=\n", with: "").contains("\(server.running.url)/join/"))

    // A command that hangs does not hold up the end of the server for long.
    try Data().write(to: folder.appendingPathComponent("hang"))
    try FileManager.default.removeItem(at: got)
    _ = try await client.request("POST", "/api/public/members", token: token, body: #"{"email":"lee@example.net","type":2}"#)
    for _ in 0..<100 where !FileManager.default.fileExists(atPath: got.path) { try await Task.sleep(for: .milliseconds(50)) }
    let clock = ContinuousClock()
    let start = clock.now
    await server.running.stop()
    #expect(clock.now - start < .seconds(Double(RunningServer.stopSeconds) - 1))
  }
}

/// An organization with one invitation that waits.
private struct Outbox {
  let store: Store
  let organization: OrganizationID
  let folder: String

  func sender(_ line: String, timeLimit: Int = 30) -> MailSender {
    MailSender(
      store: store, address: PublicAddress("https://safe.example.net"), command: MailCommand(line: line, timeLimit: timeLimit), from: nil, log: nil)
  }

  func mails() throws -> [Mail] { try store.read(organization) { try $0.mails(limit: 10).mails } }
}

private func withOutbox(_ body: (Outbox) async throws -> Void) async throws {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let store = try Store.open(.memory)
  let organization = try await store.createOrganization(name: "Ümläut")
  try await store.change(organization) { change in
    try change.load(Member(id: guid(7), email: "kim@example.net", status: .invited, type: .user))
    try change.reinvite(guid(7))
  }
  try await body(Outbox(store: store, organization: organization, folder: folder.path))
  try store.close()
}

/// What a Python program says to that input.
private func python(_ program: String, _ input: String) throws -> Data {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-" + UUID().uuidString)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try program.write(to: folder.appendingPathComponent("program.py"), atomically: true, encoding: .utf8)
  try input.write(to: folder.appendingPathComponent("input"), atomically: true, encoding: .utf8)
  #expect(system("cd \(folder.path) && python3 program.py < input > output") == 0)
  return try Data(contentsOf: folder.appendingPathComponent("output"))
}
