internal import ArgumentParser
internal import Glibc
internal import SafeAutomation
internal import SafeLanguage
internal import SafeLanguageServer
internal import SecretSafeAPI

struct Lsp: SafeshCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve an editor: the Language Server Protocol on standard input and output.",
    discussion: "Diagnostics, completion, hover, go to definition, formatting, quick fixes. Nothing is sent to an organization. docs/editors tells how to set it up.")

  @Flag(help: "What some editors say; it is so anyway.")
  var stdio = false

  func run() async -> ExitStatus { LanguageServerRun().run() }
}

/// Reads what the editor writes until it says exit, or is gone.
struct LanguageServerRun {
  func run() -> ExitStatus {
    var server = LanguageServer(
      schema: SecretSafeSchema.schema, version: Version.current, live: LiveNames(files: { FileNames.beginning($0) })
    ) { path throws(RunError) in try InputFiles.read(path) }
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while server.exitStatus == nil {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return .failed }
      let answer = server.receive(chunk.prefix(count))
      if !answer.isEmpty, !StandardOutput.write(String(decoding: answer, as: UTF8.self)) { return .failed }
    }
    return server.exitStatus == 0 ? .done : .failed
  }
}
