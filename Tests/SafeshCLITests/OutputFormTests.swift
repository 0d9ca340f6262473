import Foundation
import Testing

/// Forms of output for people: HTML, Markdown, charts, times of here; through the real command.
struct OutputFormTests {
  private func output(_ script: String, _ options: [String] = [], environment: [String: String] = [:]) throws -> String {
    let result = try Command.run(options + ["-c", script], environment: environment)
    #expect(result.status == 0, "\(result.messages)")
    return result.output
  }

  private static let rows = #"[{ name: "<b>&\"Ann'", n: 2, note: null }, { name: "two\nlines", n: 10, note: "x" }]"#

  @Test func htmlIsOnePageHoweverManyValues() throws {
    let page = try output("print \"a < b\"; \(Self.rows); { a: 1, b: [1, 2] }; 42; [1, 2]", ["-o", "html"])
    #expect(page.hasPrefix("<!doctype html>\n"))
    #expect(page.components(separatedBy: "<!doctype").count == 2)
    #expect(page.contains("<pre>a &lt; b</pre>\n<table>\n<thead><tr><th scope=\"col\">name</th><th scope=\"col\" class=\"n\">n</th>"))
    #expect(page.contains("<tr><td>&lt;b&gt;&amp;&quot;Ann&#39;</td><td class=\"n\">2</td><td class=\"null\">null</td></tr>"))
    #expect(page.contains("<tr><td>two\nlines</td>"))
    #expect(page.contains("<tr><th scope=\"row\">a</th><td class=\"n\">1</td></tr>\n<tr><th scope=\"row\">b</th><td>[1,2]</td></tr>"))
    #expect(page.contains("<p>42</p>") && page.hasSuffix("<tr><td class=\"n\">2</td></tr>\n</tbody>\n</table>\n"))
  }

  @Test func saveWritesTheSamePage() throws {
    let folder = try temporaryFolder()
    let result = try Command.run(["-c", "\(Self.rows) | save \"o.html\"; \(Self.rows) | save \"o.htm\"; \(Self.rows) | save \"-\" format: html"], in: folder)
    let file = try String(contentsOf: folder.appendingPathComponent("o.html"), encoding: .utf8)
    #expect(file == result.output)
    #expect(file == (try String(contentsOf: folder.appendingPathComponent("o.htm"), encoding: .utf8)))
    #expect(file == (try output(Self.rows, ["-o", "html"])))
  }

  @Test func aChartIsData() throws {
    let script = "[{ t: \"a\", n: 2 }, { t: \"b\", n: 1 }]"
    for form in ["json", "jsonl", "csv", "yaml", "md", "html"] { #expect(try output("\(script) | chart", ["-o", form]) == output(script, ["-o", form])) }
    #expect(try output("\(script) | chart").contains("#"), "without a terminal it is drawn plainly")
  }

  @Test func chartsStandWhereTheyAreSaid() throws {
    let drawn = try output("print \"before\"\n[1, 2] | each n { [n] | chart; n } | count\nprint \"after\"", ["-o", "jsonl"])
    #expect(drawn == "before\n1\n2\n2\nafter\n", "\(drawn)")
    let saved = try Command.run(["-c", "[1] | chart | save \"x.csv\""])
    #expect(saved.status == 2 && saved.messages.contains("the stage before gives nothing"))
  }

  @Test(arguments: [
    ("Europe/Berlin", "2026-01-31T11:00:00+01:00"), ("America/New_York", "2026-01-31T05:00:00-05:00"), ("Asia/Kolkata", "2026-01-31T15:30:00+05:30"),
    ("UTC", "2026-01-31T10:00:00+00:00"),
  ]) func timesOfHere(_ zone: String, _ text: String) throws {
    let script = "[{ at: 2026-01-31T10:00:00Z, n: 1 }]"
    let environment = ["TZ": zone]
    #expect(try output(script, ["--local-time"], environment: environment).contains(text))
    #expect(try output("\(script) | chart", ["--local-time"], environment: environment).contains(text))
    #expect(try output(script, ["--local-time", "-o", "md"], environment: environment).contains("| \(text) |"))
    #expect(try output(script, ["--local-time", "-o", "html"], environment: environment).contains("<td>\(text)</td>"))
    #expect(try output(script, ["--local-time", "-o", "json"], environment: environment).contains("2026-01-31T10:00:00Z"), "data stays as it is")
    #expect(try output(script, environment: environment).contains("2026-01-31T10:00:00Z"))
    #expect(try output("2026-01-31T10:00:00Z == \(text)") == "true\n", "it can be read back")
  }
}
