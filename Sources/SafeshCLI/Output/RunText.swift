internal import SafeAutomation
internal import SafeTerminal
internal import SecretSafeAPI

/// One run as `safesh runs show` tells it.
struct RunText {
  private let folder: RunFolder
  private let record: RunRecord
  /// The process that works on it; nil if none does.
  private let user: Int?
  private let place: Place
  /// The run that took this one back.
  private let takenBackBy: RunID?
  /// How far it came, where it did not end: its record tells that at the end only.
  private var summary: Result<JournalSummary, RunJournal.Failure>?

  /// Where it is read, which says how one goes on from there.
  enum Place: Equatable {
    case shell
    /// The runs of a sandbox that ends with the prompt are passing.
    case prompt(isPassing: Bool)
  }

  init(_ folder: RunFolder, _ record: RunRecord, at place: Place = .shell, takenBackBy: RunID?) {
    self.takenBackBy = takenBackBy
    self.folder = folder
    self.record = record
    self.place = place
    user = record.state == .finished ? nil : folder.user()
  }

  /// With what its journal tells, which may be large.
  func readingJournal() -> RunText {
    var text = self
    if record.state == .carryingOut { text.summary = Result { () throws(RunJournal.Failure) in try JournalSummary(of: folder) } }
    return text
  }

  /// In one word.
  var state: String {
    if takenBackBy != nil { return "taken back" }
    guard record.state == .finished else { return user == nil ? "unfinished" : "running" }
    switch record.exitStatus.flatMap({ ExitStatus(rawValue: Int32($0)) }) {
    // Of a run whose rows failed the rest was done; they have a column of their own.
    case .done?, .rowsFailed?: return "finished"
    case .interrupted?: return "interrupted"
    case .refused?: return "stopped"
    default: return "failed"
    }
  }

  /// How to go on, with what it does.
  private var next: [(command: String, effect: String)] {
    // What is left to be done about a run that was taken back is nothing.
    if user != nil || takenBackBy != nil { return [] }
    // Nobody knows what was done.
    if case .failure = summary { return [] }
    let undo = (place == .shell ? "safesh undo \(record.id)" : ":undo \(record.id)", "writes back what was there")
    if record.mode == .entry || place == .prompt(isPassing: true) { return record.calls.isEmpty && record.state == .finished ? [] : [undo] }
    guard record.state == .finished else { return [("safesh resume \(record.id)", "goes on where it ended"), undo] }
    var next: [(String, String)] = []
    if LedgerStatus.allCases.contains(where: { $0.isFailure && record.counts[$0] != nil }) {
      next.append(("safesh resume --failed \(record.id)", "takes up the rows that failed"))
    }
    if !record.calls.isEmpty { next.append(undo) }
    return next
  }

  func page(color: Bool) -> String {
    func dim(_ text: String) -> String { Style.dim.applied(to: text, color: color) }
    let target = [record.target.name, record.target.address, record.target.clientID].compactMap(\.self).joined(separator: ", ")
    var facts: [(String, String)] = [
      ("run", record.id.description), ("state", detailedState),
      record.mode == .entry ? ("entry", record.script.text.split(whereSeparator: \.isNewline).joined(separator: " ")) : ("script", record.script.path),
      ("target", target), ("mode", record.mode.rawValue), ("created", record.created.description),
    ]
    if let ended = record.ended { facts.append(("ended", ended.description)) }
    for parameter in record.parameters { facts.append(("with", "--\(parameter.name) \(parameter.text)")) }
    facts.append(("folder", folder.path))
    let rows = (try? summary?.get())?.rows ?? record.counts
    let counts = LedgerStatus.allCases.compactMap { status in rows[status].map { "\($0) \(status.rawValue)" } }
    facts.append(("rows", counts.isEmpty ? "none" : counts.joined(separator: ", ")))
    facts.append(("calls", calls))
    var text = facts.map { dim(Self.padded($0.0, 9)) + TableLayout.Cell($0.1).text + "\n" }.joined()
    text += failures(color: color)
    let width = next.map(\.command.count).max() ?? 0
    if !next.isEmpty { text += "\n" }
    for step in next { text += "\(Self.padded(step.command, width + 2))\(dim(step.effect))\n" }
    return text
  }

  private var calls: String {
    let none = "none that changed something"
    switch summary {
    case nil: return record.calls.isEmpty ? none : record.calls.text
    case .failure(let failure): return failure.description
    case .success(let summary):
      var parts = summary.calls.isEmpty ? [] : [summary.calls.text]
      if summary.ahead > 0 { parts.append("\(summary.ahead) sent ahead") }
      if !summary.unanswered.isEmpty { parts.append("no answer yet to \(summary.unanswered.joined(separator: ", "))") }
      return parts.isEmpty ? none : parts.joined(separator: "; ")
    }
  }

  private var detailedState: String {
    let at = record.state == .rehearsing ? "while it was rehearsed" : "while it was carried out"
    switch (record.exitStatus, user) {
    case (let status?, _): return "finished with status \(status)" + (takenBackBy.map { ", taken back by \($0)" } ?? "")
    case (nil, let user?): return "running in \(user == 0 ? "another process" : "process \(user)")"
    case (nil, nil): return "unfinished: it ended \(at)" + (takenBackBy.map { ", and was taken back by \($0)" } ?? "")
    }
  }

  private func failures(color: Bool) -> String {
    guard !record.failures.isEmpty else { return "" }
    var text = "\n"
    let width = record.failures.map { DisplayWidth.of($0.place) }.max() ?? 0
    for failure in record.failures {
      let pad = String(repeating: " ", count: width - DisplayWidth.of(failure.place))
      let word = failure.status == .unknown ? "unknown: " : ""
      text += "  \(Style.error.applied(to: TableLayout.Cell(failure.place).text, color: color))\(pad)  \(word)\(TableLayout.Cell(failure.reason).text)\n"
    }
    let more = LedgerStatus.allCases.filter(\.isFailure).reduce(0) { $0 + (record.counts[$1] ?? 0) } - record.failures.count
    if more > 0 { text += "  \(more) more in \(folder.ledger)\n" }
    return text
  }

  /// One document: `run.json` without the texts of the scripts, with what else there is to know.
  var json: String {
    var writer = JSONWriter()
    guard case .object(let members) = (try? JSONReader.read(record.json)) ?? .null else { return "" }
    let left: Set = ["version", "directory", "script", "uses"]
    writer.object { object in
      for member in members where !left.contains(member.name) {
        object.key(member.name)
        member.value.write(to: &object)
      }
      object.member("script", record.script.path)
      object.key("uses")
      object.array(record.uses) { $0.string($1.path) }
      object.member("folder", folder.path)
      object.member("ledger", folder.ledger)
      object.member("process", user)
      object.member("takenBackBy", takenBackBy?.description)
      object.key("next")
      object.array(next) { $0.string($1.command) }
    }
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}

extension [RunRecord.Calls] {
  /// As `invite 5, add 3`.
  var text: String { map { "\($0.verb) \($0.count)" }.joined(separator: ", ") }
}
