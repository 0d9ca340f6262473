import Foundation
import Testing

/// Files that scripts read and save, through the real command.
struct FileTests {
  private func text(_ url: URL) -> String { (try? String(contentsOf: url, encoding: .utf8)) ?? "" }

  private func mode(_ url: URL) throws -> Int? {
    (try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? NSNumber)?.intValue
  }

  @Test func savesInEveryFormatAndReadsItBack() throws {
    let folder = try temporaryFolder()
    let script = """
      let rows = csv "-" as { a: Text, n: Int, at: Date? }
      rows | save "o.csv"
      rows | save "o.json"
      rows | save "o.jsonl"
      rows | save "o.yml"
      rows | save "o.md"
      let same = [csv("o.csv") as { a: Text, n: Int, at: Date? }, json("o.json") as [{ a: Text, n: Int, at: Date? }],
        jsonl("o.jsonl") as { a: Text, n: Int, at: Date? }, yaml("o.yml") as [{ a: Text, n: Int, at: Date? }]]
      print same.all(it == rows)
      """
    let result = try Command.run(["-c", script], in: folder, input: "a,n,at\n\"x, |y\",1,2026-01-31\n=1+1,2,\n")
    #expect(result.output == "true\n", "\(result.messages)")
    #expect(text(folder.appendingPathComponent("o.md")) == "| a | n | at |\n| --- | ---: | --- |\n| x, \\|y | 1 | 2026-01-31 |\n| =1+1 | 2 |  |\n")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(files.sorted() == ["o.csv", "o.json", "o.jsonl", "o.md", "o.yml"], "nothing is left behind")
  }

  @Test func modesAndLinksStay() throws {
    let folder = try temporaryFolder()
    let (file, link) = (folder.appendingPathComponent("o.json"), folder.appendingPathComponent("link.json"))
    try Data("old".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "o.json")
    let result = try Command.run(["-c", "[1] | save \"link.json\""], in: folder)
    #expect(result.status == 0, "\(result.messages)")
    #expect(text(file) == "[\n  1\n]\n")
    #expect(try mode(file) == 0o640)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "o.json")
  }

  @Test func anErrorLeavesTheOldFile() throws {
    let folder = try temporaryFolder()
    let file = folder.appendingPathComponent("o.csv")
    try Data("old".utf8).write(to: file)
    let rows = (0..<20_000).map { "\($0)\n" }.joined()
    let result = try Command.run(["-c", "csv \"-\" as { n: Int } | where .n >= 0 | save \"o.csv\""], in: folder, input: "n\n\(rows)x\n")
    #expect(result.status == 1)
    #expect(result.messages.contains("standard input:20002:1: column 'n': 'x', expected a whole number"), "\(result.messages)")
    #expect(text(file) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["o.csv"])
  }

  @Test(arguments: [
    ("[1] | save \"nowhere/o.json\"", "'nowhere/o.json' cannot be written: No such file or directory"), ("[1] | save \".\" format: json", "'.' is a folder"),
    ("lines \".\"", "'.' is a folder"), ("json \"nowhere.json\" as Int", "there is no file 'nowhere.json'"),
  ])
  func whatCannotBeIsAnError(_ script: String, _ expected: String) throws {
    let result = try Command.run(["-c", script], in: try temporaryFolder())
    #expect(result.status == 1)
    #expect(result.messages.contains(expected), "\(result.messages)")
  }

  @Test func standardOutputTakesAFormat() throws {
    let result = try Command.run(["-c", "print \"a\"\n[{ a: 1 }] | save \"-\" format: yaml\nprint \"b\""])
    #expect(result.output == "a\n- a: 1\nb\n", "\(result.messages)")
  }

  /// 62 MB of CSV in less than 64 MiB of data, stacks and all else of the program included.
  @Test func aLargeFileNeedsLittleMemory() throws {
    let folder = try temporaryFolder()
    let line = "person@example.org,\(String(repeating: "x", count: 80)),17\n"
    let part = Data(String(repeating: line, count: 10_000).utf8)
    let file = folder.appendingPathComponent("large.csv")
    try Data("email,note,n\n".utf8).write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    for _ in 0..<60 { try handle.write(contentsOf: part) }
    try handle.close()
    let script = "csv \"large.csv\" as { email: Email, note: Text, n: Int } | where .n > 0 | summarize n = count(), s = sum(.n)"
    // The limit is on what is asked of the system for data, so that an attempt to hold the file fails.
    let limited = "ulimit -d 65536 2>/dev/null; exec \"$0\" -o jsonl -c \"$1\""
    let result = try Command.run(["-c", limited, Command.safesh, script], in: folder, executable: "/bin/sh")
    #expect(result.output == "{\"n\":600000,\"s\":10200000}\n", "\(result.messages)")
  }
}
