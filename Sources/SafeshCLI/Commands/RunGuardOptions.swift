internal import ArgumentParser
internal import SafeAutomation

/// What holds a run back, and what it tells.
struct RunGuardOptions: ParsableArguments, Sendable {
  @Option(help: ArgumentHelp("Make at most so many changes, whatever 'needs' allows; over it the run ends with status 5.", valueName: "n"))
  var maxWrites: Int?

  @Option(help: ArgumentHelp("Let the first rows go alone, and ask before the others.", valueName: "rows"))
  var canary: Int?

  @Option(
    help: ArgumentHelp("Stop when this share of the last \(Breaker.window) rows failed; off never does. The default is \(Breaker.usualShare)%.", valueName: "percent"))
  var breaker: Share = .init(percent: Breaker.usualShare)

  @Option(help: ArgumentHelp("Keep to limits that are known as learn, none, cloud, or a file of rules; wins over SAFESH_PACING and the profile.", valueName: "name"))
  var pacing: String?

  @Option(help: ArgumentHelp("Give up on a request after so many seconds.", valueName: "seconds"))
  var timeout: Int?

  @Option(help: "How progress is told: auto, json or none.")
  var progress: ProgressForm = .auto

  @Option(help: ArgumentHelp("Write what became of the rows to a file: .csv, .json, .md, or .xml for JUnit.", valueName: "file"))
  var report: String?

  /// Those with a value, for where a script's own options begin.
  static let valued: Set<String> = ["--max-writes", "--canary", "--breaker", "--pacing", "--timeout", "--progress", "--report"]

  static let longestTimeout = 3_600

  /// In percent; nil is never.
  struct Share: ExpressibleByArgument, Sendable {
    var percent: Int?

    init(percent: Int?) { self.percent = percent }

    /// `50%`, `50` or `off`.
    init?(argument: String) {
      if argument == "off" {
        percent = nil
        return
      }
      guard let percent = Int(argument.hasSuffix("%") ? String(argument.dropLast()) : argument), 1...100 ~= percent else { return nil }
      self.percent = percent
    }

    var defaultValueDescription: String { percent.map { "\($0)%" } ?? "off" }
  }

  func validate() throws {
    if let maxWrites, maxWrites < 0 { throw ValidationError("--max-writes takes a number from 0") }
    if let canary, canary < 1 { throw ValidationError("--canary takes a number from 1") }
    if let timeout, !(1...Self.longestTimeout ~= timeout) { throw ValidationError("--timeout takes seconds, 1 to \(Self.longestTimeout)") }
    if let report, RunReport.Format(path: report) == nil { throw ValidationError(RunReport.Format.refusal(of: report)) }
  }

  /// The same as plain values.
  struct Choices: Sendable {
    var limits = Guards.Limits()
    var pacing: String?
    /// Seconds.
    var timeout: Int?
    var progress = ProgressForm.auto
    var report: String?
  }

  var choices: Choices {
    Choices(
      limits: Guards.Limits(maxWrites: maxWrites, canary: canary, breaker: breaker.percent), pacing: pacing, timeout: timeout, progress: progress,
      report: report)
  }
}

/// How far a run is, on standard error.
enum ProgressForm: String, Sendable, CaseIterable, ExpressibleByArgument {
  /// One line on a terminal, elsewhere a line now and then.
  case auto
  /// Lines of JSON.
  case json
  case none
}
