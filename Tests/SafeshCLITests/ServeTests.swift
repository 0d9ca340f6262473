import Foundation
import Testing

/// The options of `safesh serve`, on the real command.
struct ServeTests {
  /// A value that is wrong is told before anything is made.
  @Test(arguments: [
    (["--limits", "clod"], "'clod' is neither none nor cloud, and no file that can be read"), (["--proxy", "10.0.0.0/40"], "no prefix of 0 to 32 bits"),
    (["--proxy", "proxy.example.net"], "'proxy.example.net' is no network"), (["--metrics-from", "x"], "'x' is no network"),
    (["--faults", "418=1"], "there is no fault '418'"), (["--log", "xml"], "'xml' is none of text, json"),
    (["--tls-cert", "x.pem"], "--tls-cert and --tls-key go together"), (["--tls-key", "x.key"], "--tls-cert and --tls-key go together"),
  ])
  func aWrongValueIsToldAtOnce(_ options: [String], _ text: String) throws {
    let data = try temporaryFolder().appendingPathComponent("org.db")
    let result = try Command.run(["serve", "--data", data.path] + options)
    #expect(result.status == 2)
    #expect(result.messages.contains(text), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: data.path))
  }

  @Test func aFileOfLimitsIsNamedWithWhatIsWrong() throws {
    let file = try temporaryFolder().appendingPathComponent("limits.json")
    try Data(#"{"rules":[{"service":"api","limit":"60","period":"1m"}]}"#.utf8).write(to: file)
    let result = try Command.run(["serve", "--data", file.path + ".db", "--limits", file.path])
    #expect(result.status == 2)
    #expect(result.messages.contains("\(file.path): rule 1: 'limit' must be a whole number from 1 to"), "\(result.messages)")
  }

  @Test func helpNamesEveryOption() throws {
    let help = try Command.run(["serve", "--help"])
    #expect(help.status == 0)
    for option in [
      "--data", "--from", "--host", "--port", "--tls-cert", "--tls-key", "--limits", "--proxy", "--faults", "--log", "--metrics-from", "--swagger-ui", "--public-url",
      "--sendmail", "--mail-from",
    ] {
      let line = help.output.components(separatedBy: "\n").firstIndex { $0.contains("  \(option) <") }
      #expect(line != nil, "\(option)")
    }
  }

  @Test func allOptionsTogetherServe() throws {
    let folder = try temporaryFolder()
    try makeCertificate(in: folder)
    let server = try ServerProcess(
      data: folder.appendingPathComponent("org.db"),
      ["--tls-cert", folder.path + "/cert.pem", "--tls-key", folder.path + "/key.pem", "--limits", "cloud", "--proxy", "10.0.0.0/8", "--proxy", "fd00::/8"]
        + ["--faults", "none", "--log", "json", "--metrics-from", "192.0.2.0/24"])
    #expect(server.url.hasPrefix("https://127.0.0.1:"))
    func curl(_ path: String, _ options: [String] = []) throws -> String {
      let url = server.url.replacingOccurrences(of: "127.0.0.1", with: "localhost") + path
      return try Command.run(["-s", "--cacert", folder.path + "/cert.pem", url] + options, executable: "/usr/bin/curl").output
    }
    #expect(try curl("/health") == #"{"status":"ok"}"#)
    // Read anew, and still there.
    try makeCertificate(in: folder)
    server.running.signal(SIGHUP)
    #expect(server.running.wait { $0.messages.contains("certificate read anew") })
    #expect(try curl("/health") == #"{"status":"ok"}"#)
    #expect(try curl("/api/public/members", ["-o", "/dev/null", "-w", "%{http_code} %header{x-rate-limit-remaining}"]) == "401 199")
    #expect(try curl("/faults", ["-X", "PUT", "-d", "503=1"]) == "503=1.0\n")
    #expect(try curl("/api/public/members", ["-o", "/dev/null", "-w", "%{http_code}"]) == "503")
    #expect(try curl("/metrics").contains(#"safesh_faults_total{kind="503"} 1"#))
    #expect(server.stop().status == 0)
    let lines = server.running.messages.split(separator: "\n")
    #expect(lines.count >= 8)
    for line in lines { #expect((try? JSONSerialization.jsonObject(with: Data(line.utf8))) is [String: Any], "\(line)") }
  }

  @Test func aCertificateThatIsMissingIsTold() throws {
    let folder = try temporaryFolder()
    let result = try Command.run(["serve", "--data", folder.path + "/org.db", "--tls-cert", folder.path + "/cert.pem", "--tls-key", folder.path + "/key.pem"])
    #expect(result.status == 1)
    #expect(result.messages.contains("safesh serve: no certificate can be read from \(folder.path)/cert.pem: name a file in PEM form"), "\(result.messages)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/org.db"))
  }

  @Test func withoutACertificateAHangUpStops() throws {
    let server = try ServerProcess(data: try temporaryFolder().appendingPathComponent("org.db"))
    #expect(server.stop(SIGHUP).status == 0)
  }

  private func makeCertificate(in folder: URL) throws {
    let made = try Command.run(
      ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext"]
        + ["subjectAltName=DNS:localhost", "-keyout", folder.path + "/key.pem", "-out", folder.path + "/cert.pem"], executable: "/usr/bin/openssl")
    try #require(made.status == 0, "\(made.messages)")
  }
}
