internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI

/// Told of each test as it ends, and of all at the end.
struct TestReport {
  var ended: (TestRun.Outcome) -> Void
  var finished: (_ outcomes: [TestRun.Outcome], _ notRun: Int, _ duration: Duration) -> Void

  func finished(_ outcomes: [TestRun.Outcome], notRun: Int, in duration: Duration) { finished(outcomes, notRun, duration) }

  /// A line for each test, what went wrong below it, and a summary.
  static func text(_ console: Console, verbose: Bool) -> TestReport {
    let color = console.colorsOutput
    func styled(_ text: String, _ style: Style) -> String { style.applied(to: text, color: color) }
    return TestReport(
      ended: { outcome in
        let mark = outcome.failure == nil ? styled("✓", .ok) : styled("✗", .error)
        var text = "\(mark) \(outcome.test.file): \(outcome.test.test.title)  \(styled(outcome.duration.short, .dim))\n"
        if outcome.failure != nil { text += indented(outcome.errorText(color: color)) }
        if !outcome.output.isEmpty, outcome.failure != nil || verbose { text += indented(styled("it put out:", .dim) + "\n" + indented(outcome.output)) }
        console.data(text)
      },
      finished: { outcomes, notRun, duration in
        let failed = outcomes.count { $0.failure != nil }
        var parts = [styled("\(outcomes.count - failed) passed", failed == 0 && notRun == 0 ? .ok : .plain)]
        if failed > 0 { parts.append(styled("\(failed) failed", .error)) }
        if notRun > 0 { parts.append(styled("\(notRun) not run", .warning)) }
        console.data("\n\(parts.joined(separator: ", ")) in \(duration.seconds(1)) s\n")
      })
  }

  /// One document.
  static func json(_ console: Console) -> TestReport {
    TestReport(
      ended: { _ in },
      finished: { outcomes, notRun, duration in
        var writer = JSONWriter()
        let failed = outcomes.count { $0.failure != nil }
        writer.object { object in
          object.key("tests")
          object.array(outcomes) { $0.test($1) }
          object.member("passed", outcomes.count - failed)
          object.member("failed", failed)
          object.member("notRun", notRun)
          object.key("seconds")
          object.number(duration.seconds(6))
        }
        console.data(String(decoding: writer.bytes, as: UTF8.self) + "\n")
      })
  }

  /// What servers for continuous integration read: a suite for each file.
  static func junit(_ console: Console) -> TestReport {
    TestReport(
      ended: { _ in },
      finished: { outcomes, _, duration in
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites \(counts(outcomes)) time=\"\(duration.seconds(6))\">\n"
        var files: [String] = []
        for outcome in outcomes where !files.contains(outcome.test.file) { files.append(outcome.test.file) }
        for file in files {
          let own = outcomes.filter { $0.test.file == file }
          let time = own.reduce(Duration.zero) { $0 + $1.duration }
          text += "  <testsuite name=\"\(XMLText.escaped(file))\" \(counts(own)) time=\"\(time.seconds(6))\">\n"
          for outcome in own { text += junit(outcome) }
          text += "  </testsuite>\n"
        }
        console.data(text + "</testsuites>\n")
      })
  }

  private static func junit(_ outcome: TestRun.Outcome) -> String {
    let (file, title) = (XMLText.escaped(outcome.test.file), XMLText.escaped(outcome.test.test.title))
    var text = "    <testcase name=\"\(title)\" classname=\"\(file)\" file=\"\(file)\" line=\"\(outcome.test.line)\" time=\"\(outcome.duration.seconds(6))\""
    if outcome.failure == nil, outcome.output.isEmpty { return text + "/>\n" }
    text += ">\n"
    if let failure = outcome.failure {
      text += "      <failure message=\"\(XMLText.escaped(failure.message))\">\(XMLText.escaped(outcome.errorText(color: false), inAttribute: false))</failure>\n"
    }
    if !outcome.output.isEmpty { text += "      <system-out>\(XMLText.escaped(outcome.output, inAttribute: false))</system-out>\n" }
    return text + "    </testcase>\n"
  }

  private static func counts(_ outcomes: [TestRun.Outcome]) -> String {
    "tests=\"\(outcomes.count)\" failures=\"\(outcomes.count { $0.failure != nil })\""
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0).map { $0.isEmpty ? "\n" : "  \($0)\n" }.joined()
  }
}

extension TestRun.Outcome {
  /// The error with its place, or what was wrong without one.
  fileprivate func errorText(color: Bool) -> String {
    guard let failure else { return "" }
    let renderer = Console.renderer(color: color)
    guard let error = failure.error else { return renderer.style(.error, "error") + ": \(failure.message)\n" }
    return renderer.render(error, in: error.source ?? test.script.program.source)
  }
}

extension JSONWriter {
  fileprivate mutating func test(_ outcome: TestRun.Outcome) {
    object { object in
      object.member("file", outcome.test.file)
      object.member("line", outcome.test.line)
      object.member("title", outcome.test.test.title)
      object.member("passed", outcome.failure == nil)
      object.key("seconds")
      object.number(outcome.duration.seconds(6))
      object.key("error")
      if let failure = outcome.failure {
        object.object {
          $0.member("message", failure.message)
          $0.member("kind", failure.error.map { "\($0.kind)" })
          let source = failure.error?.source ?? outcome.test.script.program.source
          let place = failure.error?.span.map { source.position($0.start) }
          $0.member("file", place == nil ? nil : source.name)
          $0.member("line", place?.line)
          $0.member("column", place?.column)
        }
      } else {
        object.null()
      }
      object.member("output", outcome.output)
    }
  }
}

extension Duration {
  /// `3 ms`, `1.2 s`.
  fileprivate var short: String { self < .seconds(1) ? "\(Int(((self / .milliseconds(1)) as Double).rounded())) ms" : seconds(1) + " s" }

  /// Rounded to so many decimals.
  fileprivate func seconds(_ decimals: Int) -> String {
    let unit = (0..<decimals).reduce(1) { unit, _ in unit * 10 }
    let count = Int(((self / .seconds(1) as Double) * Double(unit)).rounded())
    let rest = String(count % unit)
    return "\(count / unit)." + String(repeating: "0", count: decimals - rest.count) + rest
  }
}
