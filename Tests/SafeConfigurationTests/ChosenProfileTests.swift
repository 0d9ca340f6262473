import Foundation
import Testing

@testable import SafeConfiguration

@Suite struct ChosenProfileTests {
  /// A folder with the file of `ConfigurationTests`, and its environment.
  private struct Home {
    let environment: [String: String]
    let file: ConfigurationFile

    init(_ text: String? = ConfigurationTests.file, mode: Int = 0o600) throws {
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("safesh-test-\(UUID().uuidString)")
      environment = ["XDG_CONFIG_HOME": folder.path]
      file = try #require(ConfigurationFile(environment: environment))
      guard let text else { return }
      try FileManager.default.createDirectory(at: folder.appendingPathComponent("safesh"), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: file.path))
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
    }

    func choose(_ option: String? = nil, _ variables: [String: String] = [:], cacert: String? = nil) throws -> ChosenProfile? {
      try ChosenProfile.choose(option: option, cacert: cacert, environment: variables, file: file)
    }
  }

  @Test func whoChooses() throws {
    let home = try Home()
    #expect(try home.choose()?.name == "acme")
    #expect(try home.choose("cloud", ["SAFESH_PROFILE": "acme"])?.name == "cloud")
    #expect(try home.choose(nil, ["SAFESH_PROFILE": "cloud"])?.choice == .variable("SAFESH_PROFILE"))
    #expect(try home.choose("sandbox") == nil)
    #expect(try home.choose(nil, ["SAFESH_PROFILE": "sandbox", "SAFESH_URL": "x"]) == nil)
    #expect(throws: ConfigurationError("there is no profile 'acm'", path: home.file.path, hint: "did you mean 'acme'?")) { try home.choose("acm") }
  }

  @Test func withoutAFileThereIsTheSandbox() throws {
    let home = try Home(nil)
    #expect(try home.choose() == nil)
    #expect(throws: ConfigurationError.self) { try home.choose("acme") }
    #expect(try home.choose(nil, ["SAFESH_URL": "https://a.b"])?[.url]?.text == "https://a.b")
  }

  @Test func withProfilesAndNoDefaultNothingIsGuessed() throws {
    let home = try Home("profiles:\n  a:\n    url: x\n")
    let error = #expect(throws: ConfigurationError.self) { try home.choose() }
    #expect(error?.hint?.contains("safesh profile use a") == true)
  }

  @Test func theEnvironmentStandsOverTheFile() throws {
    let home = try Home()
    let chosen = try #require(try home.choose("cloud", ["SAFESH_URL": "https://a.b", "SAFESH_CLIENT_SECRET": "s3cret"], cacert: "/x.pem"))
    #expect(chosen[.url] == .init(text: "https://a.b", source: .variable("SAFESH_URL")))
    #expect(chosen[.region] == nil)
    #expect(chosen[.clientID]?.source.description == "\(home.file.path):14")
    #expect(chosen.secret?.value.text == "SAFESH_CLIENT_SECRET")
    #expect(chosen[.secretFile] == nil)
    #expect(chosen[.cacert]?.source == .option("--cacert"))
    #expect(chosen.overriding == ["SAFESH_CLIENT_SECRET", "SAFESH_URL"])
    #expect(!"\(chosen)".contains("s3cret"))
  }

  @Test func acompleteEnvironmentNeedsNoFile() throws {
    let home = try Home("nonsense: [\n")
    let variables = ["SAFESH_URL": "https://a.b", "SAFESH_CLIENT_ID": "organization.1", "SAFESH_CLIENT_SECRET": "x"]
    let chosen = try #require(try home.choose(nil, variables))
    #expect(chosen.name == nil)
    #expect(throws: ConfigurationError.self) { try home.choose("acme", variables) }
  }

  @Test func pathsAreSeenFromTheFile() throws {
    let home = try Home("default: a\nprofiles:\n  a:\n    secret-file: key\n    cacert: ~/x.pem\n")
    let chosen = try #require(try home.choose())
    #expect(chosen[.secretFile]?.text == home.file.folder + "/key")
    #expect(chosen[.cacert]?.text == "~/x.pem")
  }

  @Test(arguments: [0o666, 0o620, 0o602])
  func aFileThatOthersMayWriteToIsRefused(_ mode: Int) throws {
    let home = try Home(mode: mode)
    let error = #expect(throws: ConfigurationError.self) { try home.choose() }
    #expect(error?.hint == "chmod 600 \(home.file.path)")
  }

  @Test func aChangeIsWholeAndForTheOwnerOnly() throws {
    let home = try Home(nil)
    try home.file.change { configuration throws(ConfigurationError) in
      try configuration.adding(Profile(name: "a", settings: [.region: .init("us"), .clientID: .init("organization.1")]))
    }
    func mode(_ path: String) throws -> Int? { try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
    #expect(try mode(home.file.path) == 0o600)
    #expect(try mode(home.file.folder) == 0o700)
    #expect(try FileManager.default.contentsOfDirectory(atPath: home.file.folder) == ["config.yaml"])
    // A link, as people keep who share their settings, stays one.
    let real = home.file.folder + "/real.yaml"
    try FileManager.default.moveItem(atPath: home.file.path, toPath: real)
    try FileManager.default.createSymbolicLink(atPath: home.file.path, withDestinationPath: real)
    try home.file.change { configuration throws(ConfigurationError) in try configuration.removing("a") }
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: home.file.path) == real)
    #expect(try home.file.read()?.profiles.isEmpty == true)
  }

  @Test func noHomeMeansNoFile() {
    #expect(ConfigurationFile(environment: [:]) == nil)
    #expect(ConfigurationFile(environment: ["XDG_CONFIG_HOME": "relative", "HOME": "/h"])?.path == "/h/.config/safesh/config.yaml")
  }
}
