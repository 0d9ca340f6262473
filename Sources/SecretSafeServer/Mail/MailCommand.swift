import SafeSystem

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A command line that takes a message on its standard input, as `msmtp -t`.
struct MailCommand: Sendable {
  /// Seconds that it may take. A mail server that answers slowly on purpose takes half of it.
  static let timeLimit = 60
  /// Bytes of a reason as it is stored.
  static let reasonLimit = 300

  let line: String
  var timeLimit = Self.timeLimit

  struct Failure: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String) { description = String(decoding: text.utf8.prefix(MailCommand.reasonLimit), as: UTF8.self) }
  }

  /// Returns when the command ended with status 0. Throws a `Failure`, and ends the command when its task is cancelled.
  func run(_ message: String) async throws(Failure) {
    let result: ShellCommand.Result
    do throws(SystemFailure) {
      result = try await ShellCommand(line, timeLimit: timeLimit, hasOwnGroup: true).run(.bytes(Array(message.utf8)))
    } catch {
      throw Failure(error.code == EMSGSIZE ? "the message is too long for a pipe (\(message.utf8.count) bytes)" : "/bin/sh cannot be started: \(error)")
    }
    let lastLine = String(decoding: result.errors, as: UTF8.self).split(whereSeparator: \.isNewline).last.map { ": \($0)" } ?? ""
    switch result.ending {
    case .exited(0): return
    case .exited(let status): throw Failure("status \(status)" + lastLine)
    case .signal(let signal): throw Failure("signal \(signal)" + lastLine)
    case .timedOut: throw Failure("the command was stopped after \(timeLimit) seconds")
    case .cancelled: throw Failure("the server stopped while the command ran")
    }
  }
}
