import Foundation
import Testing

/// `safesh fmt`: what it writes, and what it leaves alone.
struct FormatTests {
  private func file(_ text: String) throws -> URL {
    let file = try temporaryFolder().appendingPathComponent("script.safe")
    try Data(text.utf8).write(to: file)
    return file
  }

  private func text(_ file: URL) throws -> String { try String(contentsOf: file, encoding: .utf8) }

  @Test func writesInPlaceAndKeepsTheRights() throws {
    let file = try file("let x=1\nprint (x+1)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let link = file.deletingLastPathComponent().appendingPathComponent("link.safe")
    try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
    let first = try Command.run(["fmt", link.path])
    #expect(first.status == 0, "\(first.messages)")
    #expect(first.messages == "\(link.path): laid out anew\n")
    let written = try text(file)
    #expect(written == "let x = 1\nprint (x + 1)\n")
    #expect(FileManager.default.isExecutableFile(atPath: file.path))
    let folder = try FileManager.default.contentsOfDirectory(atPath: file.deletingLastPathComponent().path)
    #expect(folder.sorted() == ["link.safe", "script.safe"])
    let second = try Command.run(["fmt", file.path])
    #expect(second.messages.isEmpty && second.output.isEmpty && second.status == 0)
  }

  @Test func checkNamesWhatWouldChange() throws {
    let wrong = try file("let x=1\n")
    let right = try file("let x = 1\n")
    let result = try Command.run(["fmt", "--check", wrong.path, right.path])
    #expect(result.status == 1)
    #expect(result.output == wrong.path + "\n")
    let kept = try text(wrong)
    #expect(kept == "let x=1\n")
    let examples = try Command.run(["fmt", "--check", "onboard.safe", "audit.safe"])
    #expect(examples.status == 0, "\(examples.output)\(examples.messages)")
  }

  @Test func standardInputGoesToStandardOutput() throws {
    let result = try Command.run(["fmt", "-"], input: "members|count")
    #expect(result.output == "members | count\n" && result.status == 0)
  }

  @Test func errorsLeaveTheFileAlone() throws {
    let file = try file("let x=(1\nlet y=2\n")
    let result = try Command.run(["fmt", file.path])
    #expect(result.status == 2)
    #expect(result.messages.contains("error[E004]"), "\(result.messages)")
    let kept = try text(file)
    #expect(kept == "let x=(1\nlet y=2\n")
    let missing = try Command.run(["fmt", "/nowhere/x.safe"])
    #expect(missing.status == 2)
  }

  @Test func fixMendsFirst() throws {
    let file = try file("members | where status == confirmed && !twoFactorEnabled | select email\n")
    let refused = try Command.run(["fmt", file.path])
    #expect(refused.status == 2)
    let result = try Command.run(["fmt", "--fix", file.path])
    #expect(result.status == 0, "\(result.messages)")
    let written = try text(file)
    #expect(written == "members | where .status == confirmed and not .twoFactorEnabled | select .email\n")
    let checked = try Command.run(["check", file.path])
    #expect(checked.status == 0, "\(checked.messages)")
  }
}
