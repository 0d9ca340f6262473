import Foundation
import Testing

/// `safesh profile`, and what a run makes of profiles.
struct ProfileTests {
  @Test func aProfileIsAddedShownUsedAndRemoved() throws {
    let home = try Home()
    #expect(try home.run("profile", "list").messages.contains("there are no profiles; 'safesh profile add NAME …' makes one"))
    let added = try home.run("profile", "add", "acme", "--url", "https://vault.example.net", "--client-id", "organization.1", "--secret-command", "pass show acme")
    #expect(added.status == 0)
    #expect(added.messages == "\(home.config.path): profile 'acme', the default; 'safesh login --profile acme' tries it\n")
    let cloud = try home.run(
      "profile", "add", "cloud", "--region", "eu", "--client-id", "organization.2", "--secret-file", "key", "--read-only", "--cacert", "~/ca.pem")
    #expect(cloud.status == 0, "\(cloud.messages)")
    let list = try home.run("profile", "list", "--output", "json")
    let rows = try #require(try JSONSerialization.jsonObject(with: Data(list.output.utf8)) as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["acme", "cloud"])
    #expect(rows.map { $0["default"] as? Bool } == [true, false])
    #expect(rows.map { $0["secret"] as? String } == ["command pass show acme", "file \(home.folder.path)/key"])
    #expect(try home.run("profile", "list").output.contains("*        acme   https://vault.example.net  organization.1  command pass show acme"))
    let shown = try home.run("profile", "show", "cloud", with: ["SAFESH_CLIENT_ID": "organization.3", "SAFESH_CLIENT_SECRET": "s3cret"])
    #expect(shown.output.contains(/client-id +organization\.3 +SAFESH_CLIENT_ID\n/), "\(shown.output)")
    #expect(shown.output.contains("identity   https://identity.bitwarden.eu"))
    #expect(!shown.output.contains("s3cret"))
    #expect(try home.run("profile", "use", "cloud").status == 0)
    #expect(try home.run("profile", "show").output.contains("region     eu"))
    #expect(try home.run("profile", "remove", "cloud").messages.contains("no profile is the default now"))
    let undecided = try home.run("-c", "members | count")
    #expect(undecided.status == 4)
    #expect(undecided.messages.contains("no profile is chosen: there are acme; take one with --profile"))
    #expect(try home.run("-c", "1 + 1").output == "2\n")
  }

  @Test(arguments: [
    (["--url", "https://a.b"], "Missing expected argument '--client-id"), (["--client-id", "organization.1"], "give --url, or --region for the cloud"),
    (["--url", "https://a.b", "--client-id", "organization.1"], "say where the secret comes from"),
    (["--url", "ftp://a.b", "--client-id", "organization.1", "--secret-prompt"], "'ftp://a.b' is no server URL; it begins with https://"),
    (["--url", "https://a.b", "--client-id", "user.1", "--secret-prompt"], "the client id is a person's key"),
    (["--region", "ue", "--client-id", "organization.1", "--secret-prompt"], "there is no region 'ue'; there are us and eu"),
    (["--url", "https://a.b", "--client-id", "organization.1", "--secret-prompt", "--secret-env", "X"], "the secret comes from two places"),
  ])
  func whatIsWrongWithAProfileIsToldBeforeItIsWritten(_ options: [String], _ text: String) throws {
    let home = try Home()
    let result = try home.start(["profile", "add", "acme"] + options).wait()
    #expect(result.status == 2)
    #expect(result.messages.contains(text), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: home.config.path))
  }

  @Test func aBrokenFileIsToldWithItsPlaceAndNeverMeansTheSandbox() throws {
    let home = try Home()
    try FileManager.default.createDirectory(at: home.config.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("profiles:\n  acme:\n    ulr: https://a.b\n".utf8).write(to: home.config)
    let run = try home.run("-c", "members | count")
    #expect(run.status == 4)
    #expect(run.messages == "error: \(home.config.path):3:5: a profile has no 'ulr'; did you mean 'url'?\n")
    #expect(try home.run("profile", "list").status == 2)
    #expect(try home.run("--sandbox", "org.db", "-c", "members | count").messages == "target: sandbox org.db\n")
    #expect(try home.run("--profile", "sandbox", "-c", "members | count").output == "60\n")
  }

  @Test func anIncompleteProfileNamesWhatIsMissing() throws {
    let home = try Home()
    try FileManager.default.createDirectory(at: home.config.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("default: acme\nprofiles:\n  acme:\n    url: https://a.b\n".utf8).write(to: home.config)
    let run = try home.run("-c", "members | count")
    #expect(run.status == 4)
    #expect(run.messages.contains("the profile 'acme' has no client-id and no secret; "), "\(run.messages)")
    #expect(run.messages.contains("or set SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET"))
  }

  @Test func aReadOnlyProfileChangesNothing() throws {
    let home = try Home()
    let server = try ServerProcess(data: home.folder.appendingPathComponent("org.db"))
    try home.add("look", of: server, "--secret-env", "KEY", "--read-only")
    let key = ["KEY": server.secret]
    let read = try home.run("-c", "members | count", with: key)
    #expect(read.output == "0\n")
    #expect(read.messages == "target: look (\(server.url.dropFirst(7))), read-only\n")
    let script = try home.write("needs members.invite <= 1\ninvite \"a@example.net\" type: user\n", to: "invite.safe")
    let written = try home.run(script, with: key)
    #expect(written.status == 5)
    #expect(written.messages.contains("the profile 'look' is read-only, and the script changes something; nothing was sent"))
    let typed = try Running([], environment: home.environment.merging(key) { $1 }, in: home.folder, input: "invite a@example.net type: user\nmembers | count\n").wait()
    #expect(typed.messages.contains("the profile 'look' is read-only, and this changes something; nothing was sent"), "\(typed.messages)")
    #expect(typed.output.hasSuffix("0\n"))
    #expect(server.log.allSatisfy { !$0.hasPrefix("POST /api") }, "\(server.log)")
  }
}
