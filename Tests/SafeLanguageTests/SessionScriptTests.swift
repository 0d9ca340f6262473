import SafeLanguage
import Testing

/// What worked at the prompt, as a script that `safesh run` takes.
struct SessionScriptTests {
  private func script(_ entries: [String], files: [String: String] = [:]) async -> (text: String, errors: [Diagnostic]) {
    let (world, session) = (TestWorld(files: files), PromptSession(schema: TestWorld.schema))
    var script = SessionScript()
    for text in entries {
      var canonical = text
      guard case .success((let result, _)) = await session.run(SourceFile(name: "prompt", text: text), in: world, willRun: { canonical = $0.canonicalText }),
        result.error == nil
      else { continue }
      script.entries.append(SessionScript.Entry(text: canonical, changes: result.changes))
    }
    return script.text("From the prompt.", schema: TestWorld.schema, loader: .none, in: world)
  }

  @Test(arguments: [
    (["people | where age > 30 | count"], "people | where .age > 30 | count\n"),
    (["let x = 1", "let x = \"one\"", "x.upper()"], "let x = 1\nlet x2 = \"one\"\nx2.upper()\n"),
    (["people | take 2", "_ | count", "_ * 2"], "let last = people | take 2\nlast\nlet last2 = last | count\nlast2\nlast2 * 2\n"),
    (["let last = 1", "1 + 1", "_ + last"], "let last = 1\nlet last2 = 1 + 1\nlast2\nlast2 + last\n"),
    (["nonsense", "1 // 0", "3"], "3\n"),
    (["var n = 1", "n += 2", "n"], "var n = 1\nn += 2\nn\n"),
    (["let x = 1", "let x = x + 1", "\"{x}\""], "let x = 1\nlet x2 = x + 1\n\"{x2}\"\n"),
  ])
  func linesAreAScript(_ entries: [String], _ expected: String) async {
    let (text, errors) = await script(entries)
    #expect(text == "## From the prompt.\n\n" + expected)
    #expect(errors.isEmpty, "\(errors.map(\.message))")
  }

  @Test func needsIsWhatWasWritten() async {
    let (text, errors) = await script([
      "people | where .age > 26 | each { greet it }", "greet ann@acme.com", "hire new@acme.com mood: calm", "greet ann@acme.com times: 0",
    ])
    #expect(text.contains("needs people.greet <= 4, people.hire <= 1\n"), "\(text)")
    #expect(errors.isEmpty)
  }

  @Test func filesHaveTheirTypes() async {
    let (text, errors) = await script(
      ["let h = csv \"hires.csv\"", "h | where .team == \"red\" | count"], files: ["hires.csv": "email,team,\"Employee ID\"\nann@acme.com,red,1\n"])
    #expect(text.contains("csv \"hires.csv\" as { email: Text?, team: Text?, \"Employee ID\": Text? }"), "\(text)")
    #expect(errors.isEmpty, "\(errors.map(\.message))")
  }

  @Test func whatIsNoScriptYetIsTold() async {
    let (_, errors) = await script(["people | select n = .nick.length()"])
    #expect(errors.map(\.code) == [.maybeNull])
  }
}
