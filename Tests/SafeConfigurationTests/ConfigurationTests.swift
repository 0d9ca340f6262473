import Testing

@testable import SafeConfiguration

@Suite struct ConfigurationTests {
  static let file = """
    # ours
    default: acme   # the main one
    profiles:
      # production
      acme:
        url: https://vault.example.net  # behind the balancer
        client-id: organization.1
        # asks the agent
        secret-command: pass show acme

      # the cloud
      cloud:
        region: eu
        client-id: organization.2
        secret-file: ~/cloud.key
        read-only: yes
    # the end

    """

  private static func read(_ text: String = file) throws -> Configuration { try Configuration(text, path: "c.yaml") }

  private static func profile(_ name: String, _ settings: [ProfileKey: String]) -> Profile {
    Profile(name: name, settings: settings.mapValues { Profile.Setting($0) })
  }

  @Test func aFileIsRead() throws {
    let found = try Self.read()
    #expect(found.defaultName == "acme")
    #expect(found.profiles.map(\.name) == ["acme", "cloud"])
    #expect(found["acme"]?[.secretCommand] == "pass show acme")
    #expect(found["acme"]?.settings[.clientID]?.line == 7)
    #expect(found["cloud"]?.isReadOnly == true)
    #expect(found["acme"]?.isReadOnly == false)
  }

  @Test(arguments: ["", "\n", "# nothing\n", "---\n", "profiles:\n", "profiles: {}\n", "default:\nprofiles: ~\n", "profiles:\n  acme:\n"])
  func aFileMayHoldLittle(_ text: String) throws { #expect(try Self.read(text).defaultName == nil) }

  @Test(arguments: [
    ("profile:\n  a: {}\n", "c.yaml:1:1: 'profile' is no part of the file; did you mean 'profiles'?"),
    ("profiles:\n  a:\n    ulr: x\n", "c.yaml:3:5: a profile has no 'ulr'; did you mean 'url'?"),
    ("profiles:\n  a:\n    client_secret: x\n", "c.yaml:3:5: a profile has no 'client_secret'"),
    ("profiles:\n  a:\n    secret: x\n", "c.yaml:3:5: a secret does not stand in this file; say where it comes from: secret-env, "),
    ("profiles:\n  a:\n    read-only: perhaps\n", "c.yaml:3:16: 'read-only' is 'perhaps'; it is true or false"),
    ("profiles:\n  a:\n    url: ''\n", "c.yaml:3:10: 'url' is empty"), ("profiles:\n  a:\n    url: [1]\n", "c.yaml:3:10: here stands a value, and no list"),
    ("profiles:\n  a:\n    url: x\n    url: y\n", "the key 'url' comes twice; keep one of them"),
    ("profiles:\n  a:\n    url: x\n    region: eu\n", "c.yaml:4:5: 'region' and a URL exclude one another"),
    ("profiles:\n  a:\n    identity-url: x\n", "c.yaml:3:5: 'identity-url' needs 'url'"),
    ("profiles:\n  a:\n    secret-env: X\n    secret-prompt: true\n", "c.yaml:4:5: the secret comes from two places, 'secret-env' and 'secret-prompt'"),
    ("profiles:\n  sandbox:\n    url: x\n", "c.yaml:2:3: 'sandbox': 'sandbox' is the name of the sandbox"),
    ("profiles:\n  a b:\n    url: x\n", "c.yaml:2:3: 'a b': a profile's name has 1 to 64 letters"),
    ("default: acm\nprofiles:\n  acme:\n    url: x\n", "c.yaml:1:10: there is no profile 'acm'; did you mean 'acme'?"),
    ("profiles: 5\n", "c.yaml:1:11: 'profiles' has a name for each profile"), ("- a\n", "c.yaml:1:1: this is no list of profiles"),
    ("profiles:\n\ta: 1\n", "c.yaml:2:1: this is no YAML"), ("a: 'x\n", "this is no YAML"), (String(repeating: "[", count: 100_000), "this is no YAML"),
  ])
  func whatIsWrongIsToldWithItsPlace(_ text: String, _ expected: String) throws {
    let error = #expect(throws: ConfigurationError.self) { try Self.read(text) }
    #expect(error.map { "\($0)".contains(expected) } == true, "\(error.map { "\($0)" } ?? "")")
  }

  @Test func manyAliasesCostNothing() throws {
    var text = "a0: &a0 [x, x]\n"
    for level in 1...40 { text += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    #expect(throws: ConfigurationError.self) { try Self.read(text) }
  }

  @Test func editsKeepAllElseAsItIs() throws {
    let added = try Self.read().adding(Self.profile("test", [.url: "http://127.0.0.1:8087", .clientID: "organization.3", .secretVariable: "KEY"]))
    let lines = Self.file.split(separator: "\n", omittingEmptySubsequences: false)
    let new = ["  test:", "    url: http://127.0.0.1:8087", "    client-id: organization.3", "    secret-env: KEY"]
    #expect(added.text.split(separator: "\n", omittingEmptySubsequences: false) == lines.prefix(16) + new.map { $0[...] } + lines.dropFirst(16))
    #expect(try added.removing("test").text == Self.file)
    let chosen = try Self.read().choosing("cloud")
    #expect(chosen.text == Self.file.replacing("default: acme ", with: "default: cloud "))
    #expect(try chosen.choosing("acme").text == Self.file)
    let replaced = try Self.read().adding(Self.profile("acme", [.region: "us", .clientID: "organization.1", .secretPrompt: "true"]))
    #expect(replaced["acme"]?[.region] == "us")
    #expect(replaced.text.contains("  # production\n  acme:\n    region: us\n    client-id: organization.1\n    secret-prompt: true\n\n  # the cloud\n"))
  }

  @Test func withoutTheDefaultThereIsNone() throws {
    let removed = try Self.read().removing("acme")
    #expect(removed.defaultName == nil)
    #expect(removed.text.contains("  # production\n\n  # the cloud\n"))
    #expect(try removed.removing("cloud").profiles.isEmpty)
    let again = try removed.removing("cloud").adding(Self.profile("new", [.region: "us", .clientID: "organization.1"]))
    #expect(again.defaultName == "new")
  }

  @Test(arguments: ["", "# mine\n", "profiles:\n", "profiles: {}  # none yet\n", "---\nprofiles:", "default: sandbox\n", "profiles:\r\n    old:\r\n        url: x\r\n"])
  func aFirstProfileFitsIn(_ text: String) throws {
    let new = Self.profile("new", [.url: "https://a.b", .clientID: "organization.1", .secretCommand: "echo 'it''s: # \"x\"'\t\\"])
    let added = try Self.read(text).adding(new)
    #expect(added["new"]?.settings.mapValues(\.text) == new.settings.mapValues(\.text))
    #expect(try added.removing("new")["new"] == nil)
  }

  /// Parts of the file left out, doubled, and put in from elsewhere: it is read or refused, and an edit does what it should or is refused.
  @Test func noTextCrashesIt() throws {
    var random = Steps(state: 20_260_824)
    let pieces = [
      "\0", "\n", "\t", "  ", ": ", "- ", "#", "'", "\"", "*a", "&a ", "[", "{", "}", "|", ">", "\r\n", "---", "...", "?", "!!x", "%", "é", "\u{2028}",
    ]
    var read = 0
    for _ in 0..<800 {
      var scalars = Array(Self.file.unicodeScalars)
      for _ in 0...random.next(3) {
        let place = random.next(scalars.count)
        switch random.next(3) {
        case 0: scalars.remove(at: place)
        case 1: scalars.insert(contentsOf: pieces[random.next(pieces.count)].unicodeScalars, at: place)
        default: scalars.insert(contentsOf: Array(scalars[place..<min(scalars.count, place + 30)]), at: random.next(scalars.count))
        }
      }
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      guard let found = try? Self.read(String(text)) else { continue }
      read += 1
      for profile in found.profiles {
        guard let less = try? found.removing(profile.name) else { continue }
        #expect(less.profiles.map(\.name) == found.profiles.map(\.name).filter { $0 != profile.name })
      }
      if let more = try? found.adding(Self.profile("new", [.region: "us"])) { #expect(more["new"]?[.region] == "us") }
    }
    #expect(read > 100)
  }

  private struct Steps {
    var state: UInt64

    mutating func next(_ end: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % end
    }
  }

  @Test func aFormThatLinesDoNotFitStaysAsItIs() throws {
    let found = try Self.read("{default: a, profiles: {a: {url: x}, c: {url: z}}}\n")
    #expect(throws: ConfigurationError.self) { try found.adding(Self.profile("b", [.url: "y"])) }
    #expect(throws: ConfigurationError.self) { try found.removing("a") }
  }

  @Test(arguments: [
    "a", "true", "5", "~", "-x", "a: b", "a #b", "it's", "\"", "é", "a\nb", "\u{1b}[m", " a", "a:", "*a", "&a", "!x", "%x", "@x", "`x", "{x", "null", "a\u{7f}",
  ])
  func anyTextIsReadBack(_ text: String) throws {
    let added = try Configuration("", path: "c.yaml").adding(Self.profile("p", [.url: "x", .secretCommand: text]))
    #expect(added["p"]?[.secretCommand] == text)
  }
}
