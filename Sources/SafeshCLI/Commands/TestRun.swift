internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeSystem
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient
internal import SecretSafeServer

/// `safesh test`: runs the tests of scripts, each in an organization of its own inside the process.
struct TestRun: Sendable {
  let options: TestOptions

  /// One test with what it needs.
  struct Case: Sendable {
    let script: Script
    let test: CheckedProgram.Test
    let content: EmbeddedServer.Content

    var file: String { script.program.source.name }
    var line: Int { script.program.source.position(test.span.start).line }
  }

  /// How one ended.
  struct Outcome: Sendable {
    let test: Case
    /// Nil if it passed.
    var failure: Failure?
    /// What it put out.
    var output: String
    var duration: Duration
  }

  struct Failure: Sendable {
    /// What was wrong, in one line or a few.
    var message: String
    /// What ended the test, with its place; nil where only rows failed.
    var error: RunError?
  }

  func run() async -> ExitStatus {
    let schema = SecretSafeSchema.schema
    let console = Console(options: RunOptions(output: .table, color: options.color, sandbox: nil), schema: schema)
    guard let cases = TestCases(console: console).read(options.files, filter: options.filter) else { return .usage }
    let interruption = Interruption()
    interruption.install(console)
    let report = options.output.report(console, verbose: options.isVerbose)
    let start = ContinuousClock.now
    var outcomes: [Outcome] = []
    for test in cases {
      if interruption.isAsked { break }
      guard let outcome = await run(test, schema, console, interruption) else { break }
      outcomes.append(outcome)
      report.ended(outcome)
    }
    report.finished(outcomes, notRun: cases.count - outcomes.count, in: start.duration(to: .now))
    if outcomes.count < cases.count { return .interrupted }
    return outcomes.allSatisfy { $0.failure == nil } ? .done : .failed
  }

  /// Nil if it was interrupted: then nobody knows whether it would have passed.
  private func run(_ test: Case, _ schema: Schema, _ console: Console, _ interruption: Interruption) async -> Outcome? {
    let organization = TestOrganization(test.content)
    let output = TestOutput(schema: schema)
    let world = LiveWorld(
      session: SessionSource { try await organization.open() },
      surroundings: Surroundings(
        openInput: { path throws(RunError) in try InputFiles.open(path) },
        saveOutput: { path, contents throws(RunError) in try OutputFiles.save(path, toOutput: { output.add(text: $0) }, contents) },
        environment: ProcessEnvironment.variable, now: Int(Date().timeIntervalSince1970 * 1_000_000),
        isInterrupted: { interruption.isAsked },
        // Nothing is lost in an organization that ends with the test.
        confirm: { _ in true }, emit: { output.add($0) }))
    let start = ContinuousClock.now
    let result = await test.script.run(test: test.test, in: world)
    let duration = start.duration(to: .now)
    await organization.close()
    if result.error?.reach == .interrupted { return nil }
    return Outcome(test: test, failure: Self.failure(result), output: output.text, duration: duration)
  }

  /// A row that failed is a failure, whatever was done with the result, as it is for a script.
  private static func failure(_ result: RunResult) -> Failure? {
    if let error = result.error { return Failure(message: error.message, error: error) }
    if result.failedRows == 0 { return nil }
    return Failure(message: "\(result.failedRows) \(result.failedRows == 1 ? "row" : "rows") of 'each' failed", error: nil)
  }
}

/// The organization of one test, made when the test asks for it.
private actor TestOrganization {
  private let content: EmbeddedServer.Content
  private var client: Client?

  init(_ content: EmbeddedServer.Content) { self.content = content }

  func open() async throws -> Session {
    do {
      let client = try await EmbeddedServer(content).client()
      self.client = client
      return Session(client: client)
    } catch let error as ServerError {
      throw ClientError(.unreachable, error.description)
    }
  }

  func close() async { await client?.shutdown() }
}
