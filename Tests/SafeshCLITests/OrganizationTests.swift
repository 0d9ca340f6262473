import Foundation
import Testing

/// `safesh org` on a data file, with and without a server on it.
struct OrganizationTests {
  private static let password = ["SAFESH_OWNER_PASSWORD": "correct horse battery"]

  /// `name=value` lines.
  private func values(_ result: Command.Result) -> [String: String] {
    Dictionary(
      result.output.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "=", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
      }
    ) { first, _ in first }
  }

  private func org(_ arguments: [String], environment: [String: String] = password) throws -> Command.Result {
    try Command.run(["org"] + arguments, environment: environment)
  }

  private func make(_ data: String, _ name: String, _ extra: [String] = []) throws -> [String: String] {
    let made = try org(["create", "--data", data, "--name", name, "--owner", "Owner@Example.net"] + extra)
    #expect(made.status == 0, "\(made.messages)")
    return values(made)
  }

  private func token(_ server: ServerProcess, _ key: [String: String], scope: String? = nil) throws -> String? {
    let form = "grant_type=client_credentials&client_id=\(key["client_id"] ?? "")&client_secret=\(key["client_secret"] ?? "")"
    let answer = try Command.run(
      ["-s", server.url + "/identity/connect/token", "-d", form + (scope.map { "&scope=\($0)" } ?? "")], executable: "curl")
    guard answer.output.contains("access_token") else { return nil }
    return answer.output.split(separator: "\"").dropFirst(2).first { $0.count == 43 }.map(String.init)
  }

  private func status(_ server: ServerProcess, _ path: String, _ token: String, _ extra: [String] = []) throws -> String {
    try Command.run(
      ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Authorization: Bearer \(token)", server.url + "/api/public" + path] + extra,
      executable: "curl"
    ).output
  }

  @Test func organizationsAreMadeListedAndShown() throws {
    let data = try temporaryFolder().appendingPathComponent("org.db").path
    let acme = try make(data, "Acme", ["--seats", "5"])
    let other = try make(data, "Other")
    #expect(acme["client_secret"]?.count == 30)
    #expect(try org(["list", "--data", data, "-o", "csv"]).output.split(separator: "\n").count == 3)
    let shown = values(try org(["show", "--data", data, "--org", "Acme"]))
    #expect(shown["id"] == acme["organization"])
    #expect(shown["members"] == "1" && shown["seats"] == "5")
    #expect(try org(["key", "show-id", "--data", data, "--org", other["organization"] ?? ""]).output == (other["client_id"] ?? "") + "\n")

    let several = try org(["show", "--data", data])
    #expect(several.status == 1)
    #expect(several.messages.contains("holds 2 organizations: name one with --org (Acme "), "\(several.messages)")
    #expect(try org(["show", "--data", data, "--org", "Nobody"]).messages.contains("there is no organization 'Nobody'"))
    #expect(try org(["list", "--data", data + ".not"]).messages.contains("is not there: name a data file, or make one"))
    // The mode of a file with hashes in it.
    let attributes = try FileManager.default.attributesOfItem(atPath: data)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
  }

  @Test(arguments: [
    (["--name", " ", "--owner", "a@b.co"], "an organization's name has 1 to 100 characters"),
    (["--name", "x", "--owner", "nobody"], "'nobody' is no e-mail address"),
    (["--name", "x", "--owner", "a@b.co", "--seats", "0"], "an organization has at least one"),
    (["--name", "x", "--owner", "a@b.co", "--seats", "5", "--max-seats", "4"], "--max-seats 4 is below --seats 5"),
  ])
  func wrongOrganizationsAreRefused(_ arguments: [String], _ message: String) throws {
    let data = try temporaryFolder().appendingPathComponent("org.db").path
    let result = try org(["create", "--data", data] + arguments)
    #expect(result.status != 0)
    #expect(result.messages.contains(message), "\(result.messages)")
    let short = try org(["create", "--data", data, "--name", "x", "--owner", "a@b.co"], environment: ["SAFESH_OWNER_PASSWORD": "short"])
    #expect(short.messages.contains("a password has 12 to 256 characters"))
    // Nothing is left behind.
    #expect(!FileManager.default.fileExists(atPath: data))
  }

  @Test func aRunningServerSeesKeysChangeAtTheNextRequest() throws {
    let folder = try temporaryFolder()
    let data = folder.appendingPathComponent("org.db").path
    let key = try make(data, "Acme")
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    let old = try #require(try token(server, key))
    #expect(try status(server, "/members", old) == "200")

    // Made while it runs: seen at once.
    let other = try make(data, "Other")
    #expect(try token(server, other) != nil)
    let id = try org(["collection", "create", "--data", data, "--org", "Acme", "--external-id", "infra/x"]).output
    #expect(try status(server, "/collections/\(id.dropLast())", old) == "200")
    #expect(try org(["collection", "list", "--data", data, "--org", "Acme", "-o", "csv"]).output.contains("infra/x"))

    // Nobody there to ask: nothing is done.
    let unasked = try Command.run(["-w", Command.safesh, "org", "key", "rotate", "--data", data, "--org", "Acme"], executable: "setsid")
    #expect(unasked.status == 5)
    #expect(unasked.messages.contains("say --yes to do it. Nothing was done."))
    #expect(try status(server, "/members", old) == "200")

    let rotated = values(try org(["key", "rotate", "--data", data, "--org", "Acme", "--yes"]))
    #expect(rotated["client_id"] == key["client_id"])
    #expect(try status(server, "/members", old) == "401")
    #expect(try token(server, key) == nil)
    let new = try #require(try token(server, rotated))
    #expect(try status(server, "/members", new) == "200")

    let scoped = values(try org(["key", "add", "--data", data, "--org", "Acme", "--name", "reader", "--scope", "members.read"]))
    let reader = try #require(try token(server, scoped))
    #expect(try status(server, "/members", reader) == "200")
    #expect(try status(server, "/groups", reader) == "403")
    #expect(try status(server, "/members", reader, ["-d", "{}", "-H", "Content-Type: application/json"]) == "403")
    #expect(try token(server, scoped, scope: "api.organization") == nil)
    let listed = try org(["key", "list", "--data", data, "--org", "Acme", "-o", "jsonl"])
    #expect(listed.output.contains("\"name\":\"reader\",\"scopes\":\"api.organization.members.read\""), "\(listed.output)")
    let keyID = String(scoped["client_id"]?.split(separator: ".").last ?? "")
    #expect(try org(["key", "revoke", keyID, "--data", data, "--org", "Other", "--yes"]).status == 1)
    #expect(try org(["key", "revoke", keyID, "--data", data, "--org", "Acme", "--yes"]).status == 0)
    #expect(try status(server, "/members", reader) == "401")
    #expect(try token(server, scoped) == nil)
    #expect(try status(server, "/members", new) == "200")
    server.stop()
  }

  @Test func aBackupOfARunningServerIsWhole() throws {
    let folder = try temporaryFolder()
    let data = folder.appendingPathComponent("org.db").path
    let backup = folder.appendingPathComponent("backup.db").path
    let key = try make(data, "Acme")
    let server = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    var environment = ["SAFESH_URL": server.url, "SAFESH_CLIENT_ID": key["client_id"] ?? "", "SAFESH_CLIENT_SECRET": key["client_secret"] ?? ""]
    func run(_ text: String) throws -> String { try Command.run(["--yes", "-c", text], environment: environment).output }
    _ = try run("needs members.invite <= 1\ninvite \"first@example.net\" type: user")
    #expect(try org(["backup", backup, "--data", data]).status == 0)
    _ = try run("needs members.invite <= 1\ninvite \"second@example.net\" type: user")
    #expect(try run("members | count") == "3\n")

    let again = try org(["backup", backup, "--data", data])
    #expect(again.status == 1 && again.messages.contains("is there already: name another file"))
    let busy = try org(["restore", backup, "--data", data, "--yes"])
    #expect(busy.status == 1 && busy.messages.contains("is in use by another server"), "\(busy.messages)")
    server.stop()

    let junk = folder.appendingPathComponent("junk").path
    try Data("not a database, but long enough to be looked at".utf8).write(to: URL(fileURLWithPath: junk))
    #expect(try org(["restore", junk, "--data", data, "--yes"]).messages.contains("is not a database"))
    let restored = try org(["restore", backup, "--data", data, "--yes"])
    #expect(restored.status == 0 && restored.messages.contains("what was there is in \(data).before-restore"))
    let after = try ServerProcess(data: folder.appendingPathComponent("org.db"))
    environment["SAFESH_URL"] = after.url
    #expect(try run("members | count") == "2\n")
    after.stop()
    // What the first one kept stays.
    let second = try org(["restore", backup, "--data", data, "--yes"])
    #expect(second.messages.contains("what was there is in \(data).before-restore-2\n"), "\(second.messages)")
    #expect(FileManager.default.fileExists(atPath: data + ".before-restore"))
  }

  @Test func anOwnerCanBeAppointed() throws {
    let data = try temporaryFolder().appendingPathComponent("org.db").path
    let key = try make(data, "Acme")
    #expect(try org(["owner", "second@example.net", "--data", data, "--name", "Sec Ond"]).status == 0)
    let server = try ServerProcess(data: URL(fileURLWithPath: data))
    let environment = ["SAFESH_URL": server.url, "SAFESH_CLIENT_ID": key["client_id"] ?? "", "SAFESH_CLIENT_SECRET": key["client_secret"] ?? ""]
    let owners = try Command.run(["-c", "members | where .type == owner and .status == confirmed | count"], environment: environment)
    #expect(owners.output == "2\n")
    // With an owner, members can be updated (`api.md` 3.2.4).
    let update = "needs members.invite <= 1, members.update <= 1\nlet m = invite \"u@example.net\" type: user\nupdate m externalId: \"x\""
    let result = try Command.run(["--yes", "-c", update], environment: environment)
    #expect(result.status == 0, "\(result.messages)")
    server.stop()
  }

  /// The commands of `docs/server.md`, then those of the README, on one file.
  @Test func theDocumentsCommandsRun() throws {
    let folder = try temporaryFolder()
    let texts = try ["docs/server.md", "README.md"].map { try String(contentsOf: Command.root.appendingPathComponent($0), encoding: .utf8) }
    let commands = texts.joined(separator: "\n").components(separatedBy: "\n").filter { $0.hasPrefix("$ ") && $0.contains("safesh org ") }.map { $0.dropFirst(2) }
    #expect(commands.count >= 7)
    for command in commands {
      let script = command.replacingOccurrences(of: "PASSWORD=…", with: "PASSWORD='correct horse battery'")
        .replacingOccurrences(of: "safesh org", with: "'\(Command.safesh)' org")
      let result = try Command.run(["-c", script + " --yes"], in: folder, executable: "/bin/sh")
      #expect(result.status == 0, "\(command)\n\(result.messages)")
    }
  }
}
