internal import Foundation
internal import SafeConfiguration
internal import SafeSystem
internal import SecretSafeClient

/// A command whose standard output is a secret, as `pass show safesh/acme`.
///
/// It stays in our process group: one that asks for a pass phrase on the terminal may do so, and Ctrl-C ends it as well. Its standard input is
/// empty, since ours may be a script's data.
struct SecretCommand: Sendable {
  /// Seconds that it may take; a person may have to enter a pass phrase meanwhile.
  static let timeLimit = 60

  let line: String
  var timeLimit = Self.timeLimit

  func run() async throws(ClientError) -> String {
    let result: ShellCommand.Result
    do throws(SystemFailure) {
      result = try await ShellCommand(line, timeLimit: timeLimit, hasOwnGroup: false, outputLimit: SecretFile.limit).run()
    } catch {
      throw failure("cannot be started: \(error)")
    }
    switch result.ending {
    case .exited(0): break
    case .exited(let status): throw failure("ended with status \(status)" + said(result))
    case .signal(SIGINT), .cancelled: throw ClientError(.cancelled, "interrupted")
    case .signal(let signal): throw failure("ended by signal \(signal)" + said(result))
    case .timedOut: throw failure("was stopped after \(timeLimit) seconds")
    }
    guard result.output.count <= SecretFile.limit, let text = SecretText.line(of: result.output) else { throw failure("gives more than a line of text") }
    guard !text.isEmpty else { throw failure("gives nothing") }
    return text
  }

  private func said(_ result: ShellCommand.Result) -> String {
    let text = String(decoding: result.errors, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? "" : ":\n\(text)"
  }

  private func failure(_ text: String) -> ClientError { ClientError(.unauthorized, "the command for the secret, '\(line)', \(text)") }
}
