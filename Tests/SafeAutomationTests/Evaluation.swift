import Foundation
import SafeAutomation
import SafeLanguage
import SecretSafeClient
import Testing

/// What a script came to: its end, what it put out, and which calls of the API it made.
struct Evaluation {
  var result: RunResult
  var output: [String]
  var requests: [String]

  var error: String { result.error?.message ?? "" }
  var writes: [String] { requests.filter { !$0.contains("List") && !$0.contains("Get") } }
  func count(_ endpoint: String) -> Int { requests.filter { $0 == endpoint }.count }
}

extension LiveWorldTests.Sandboxed {
  /// Everything may be written nine times; `answer` is what the person says to a question.
  static let needs = "needs " + SecretSafeSchema.schema.capabilities.map { "\($0) <= 9" }.joined(separator: ", ") + "\n"

  func evaluate(
    _ text: String, needs: String = needs, answer: Bool = false, client: Client? = nil, session other: Session? = nil,
    files: [String: String] = [:]
  ) async throws -> Evaluation {
    _ = (output.take(), requests.take())
    let source = SourceFile(name: "t.safe", text: needs + text)
    let script: Script
    do { script = try Script(source, schema: SecretSafeSchema.schema) } catch {
      Issue.record(Comment(rawValue: DiagnosticRenderer().render(error.diagnostics, in: source)))
      throw error
    }
    let output = output
    let session = other ?? client.map { Session(client: $0) } ?? session
    let world = LiveWorld(
      session: SessionSource { session },
      surroundings: Surroundings(
        openInput: { path throws(RunError) in
          guard let text = files[path] else { throw RunError(.file, "there is no file '\(path)'") }
          return InputSource(bytes: Array(text.utf8))
        },
        saveOutput: { path, _ throws(RunError) in throw RunError(.file, "'\(path)' cannot be written here") }, environment: { _ in nil },
        now: Int(Date().timeIntervalSince1970 * 1_000_000), isInterrupted: { false },
        confirm: {
          output.add("asked: \($0)")
          return answer
        },
        emit: { item in
          switch item {
          case .line(let line): output.add(line)
          case .value(let value, _): output.add(value.literal)
          case .report(let report): output.add("report ok \(report[.ok]) unchanged \(report[.unchanged]) failed \(report[.failed])")
          case .chart(let value): output.add("chart: \(value.literal)")
          case .warning(let text): output.add(text)
          case .progress, .saved: break
          }
        }))
    let result = await script.run(in: world)
    return Evaluation(result: result, output: output.take(), requests: requests.take())
  }
}

/// A sandbox for one test.
func withSandbox(_ body: (LiveWorldTests.Sandboxed) async throws -> Void) async throws {
  let sandbox = try await LiveWorldTests.Sandboxed()
  do { try await body(sandbox) } catch {
    await sandbox.close()
    throw error
  }
  await sandbox.close()
}
