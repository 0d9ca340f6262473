internal import ArgumentParser
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal
internal import SecretSafeAPI
internal import SecretSafeClient

/// `safesh snapshot`: keeps what the API shows of an organization as a file (docs/snapshots.md). It only reads.
struct SnapshotCommand: SafeshCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Write the organization as it is into a file, for tests to begin with. Only reads.")

  @OptionGroup var options: GlobalOptions

  @Argument(help: ArgumentHelp("The file, which is replaced; - for standard output.", valueName: "file"))
  var file: String

  func run() async -> ExitStatus {
    let console = Console(options: options.run, schema: SecretSafeSchema.schema)
    do throws(ClientError) {
      let target = try Target(options.run, environment: ProcessInfo.processInfo.environment, lifetime: nil) { console.target($0) }
      do throws(ClientError) {
        let snapshot = try await target.connect().snapshot()
        await target.close()
        do throws(RunError) {
          try OutputFiles.save(file, toOutput: { console.data($0) }) { sink throws(RunError) in try sink(snapshot.json) }
        } catch {
          console.message("safesh: \(error.message)", .error)
          return .failed
        }
        if file == "-" { return .done }
        let counts = [
          (snapshot.members.count, "members"), (snapshot.groups.count, "groups"), (snapshot.collections.count, "collections"),
          (snapshot.policies.count, "policies"),
        ]
        console.message("\(file): " + counts.map { "\($0.0) \($0.1)" }.joined(separator: ", "), .ok)
        return .done
      } catch {
        await target.close()
        throw error
      }
    } catch {
      console.message("error: \(error.message)", .error)
      return error.kind == .unauthorized ? .notAuthenticated : .failed
    }
  }
}
