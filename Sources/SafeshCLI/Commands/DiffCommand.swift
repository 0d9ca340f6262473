internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

/// `safesh diff`: what is other in one snapshot than in another, or than in the organization as it is. It only reads.
struct DiffCommand: SafeshCommand {
  /// The word for the organization itself, in place of a file.
  private static let live = "live"

  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Tell what is other in one snapshot than in another, or than in the organization as it is. Only reads.",
    discussion: """
      The second is shown as a change of the first: + came, - went, ~ is other. With --output json the same is data. A file that is called \
      live is named ./live.

      Exit status, as of diff(1): 0 nothing is other, 1 something is, 2 wrong usage or trouble with a file, the server or the output; and 4 not signed in.
      """)

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("A snapshot, or 'live' for the organization.", valueName: "before"))
  var before: String

  @Argument(help: ArgumentHelp("A snapshot, or 'live' for the organization.", valueName: "after"))
  var after: String

  func validate() throws {
    if before == Self.live, after == Self.live { throw ValidationError("only one side can be 'live': an organization does not differ from itself") }
    guard options.output == .table || options.output == .json else {
      throw ValidationError("a difference is written as table (text for people) or json, not as \(options.output)")
    }
  }

  func run() async -> ExitStatus {
    let console = Console(options: options.run, schema: SecretSafeSchema.schema)
    do {
      // A file that is wrong costs no request.
      let files = try [before, after].map { path in path == Self.live ? nil : try SnapshotFile(path).snapshot }
      let missing = files.contains(nil) ? try await current(console) : nil
      guard let first = files[0] ?? missing, let second = files[1] ?? missing else { return .usage }
      let difference = OrganizationDifference(from: first, to: second)
      let text = DifferenceText(color: console.colorsOutput)
      console.data(options.output == .json ? String(decoding: difference.json, as: UTF8.self) + "\n" : text.whole(difference))
      // The status of 1 says that something is other.
      if StandardOutput.tellFailure() { return .usage }
      return difference.isEmpty ? .done : .failed
    } catch let problem as SnapshotFile.Problem {
      for line in problem.lines { console.message(line, .error) }
      return .usage
    } catch {
      let error = error as? ClientError
      console.message("error: \(error?.message ?? "interrupted")", .error)
      return error?.kind == .unauthorized ? .notAuthenticated : .usage
    }
  }

  private func current(_ console: Console) async throws(ClientError) -> OrganizationSnapshot {
    let target = try Target(options.run, environment: ProcessInfo.processInfo.environment, lifetime: nil) { console.target($0) }
    do throws(ClientError) {
      let snapshot = try await target.connect().snapshot()
      await target.close()
      return snapshot
    } catch {
      await target.close()
      throw error
    }
  }
}
