internal import SafeLanguage
internal import SecretSafeAPI

/// A snapshot that a command line or a script names, read whole and without a mistake.
struct SnapshotFile: Sendable {
  /// Problems of one file that are told: one of another kind has as many as it has objects.
  private static let shownProblems = 20

  enum Problem: Error {
    /// The file is not there, or cannot be read.
    case file(RunError)
    /// What is wrong in it, a line each.
    case content([String])

    var lines: [String] {
      switch self {
      case .file(let error): [error.message]
      case .content(let lines): lines
      }
    }
  }

  let path: String
  let snapshot: OrganizationSnapshot

  init(_ path: String) throws(Problem) {
    self.path = path
    let bytes: [UInt8]
    do { bytes = try InputFiles.read(path) } catch { throw .file(error) }
    do { snapshot = try OrganizationSnapshot(json: bytes) } catch {
      var lines = error.problems.prefix(Self.shownProblems).map { "\(path):\($0.description)" }
      let rest = error.problems.count - Self.shownProblems
      if rest > 0 { lines.append("\(path): \(rest) more like these") }
      throw .content(lines)
    }
  }
}
