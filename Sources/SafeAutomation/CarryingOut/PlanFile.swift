internal import SafeLanguage
public import SecretSafeAPI

/// A plan's file, read back with all that its run is made from.
public struct PlanFile: Sendable {
  /// What is wrong with a file, and where.
  public struct Problem: Error, CustomStringConvertible {
    public let description: String
  }

  /// A plan is carried out once: this tells it from others.
  public let id: String
  public let made: Timestamp
  public let mode: RunRecord.Mode
  public let target: RunRecord.Target
  /// The folder from which its paths are seen.
  public let directory: String
  public let script: RunRecord.File
  public let used: [RunRecord.File]
  public let parameters: [RunRecord.Parameter]
  /// Calls that change something, by verb.
  public let calls: [String: Int]
  /// What ends the script; nil for a plan that can be carried out.
  public let error: String?
  let inputs: [(path: String, bytes: [UInt8])]
  let reads: [JournalEntry]

  /// Reads it strictly.
  public init(json bytes: [UInt8]) throws(Problem) {
    do { self = try Self.read(bytes) } catch { throw Problem(description: error.description) }
  }

  private init(_ fields: StrictFields) throws(FieldProblem) {
    id = try fields.text("id")
    made = try fields.time("made")
    mode = try fields.word("mode")
    guard let organization = fields.value("organization") else {
      throw FieldProblem(fields.place("organization"), "the plan is for a sandbox that ended with the process that made it")
    }
    let target = try StrictFields(organization, fields.place("organization"), ["name", "address", "clientId", "profile"])
    self.target = RunRecord.Target(
      name: try target.text("name"), address: try target.optionalText("address"), clientID: try target.optionalText("clientId"),
      profile: try target.optionalText("profile"))
    directory = try fields.text("directory")
    script = try Self.file(fields.value("script") ?? .null, fields.place("script"))
    used = try fields.list("used") { value, path throws(FieldProblem) in try Self.file(value, path) }
    parameters = Self.parameters(fields.value("parameters"))
    var calls: [String: Int] = [:]
    if case .object(let members)? = fields.value("calls") {
      for case (let name, .number(let digits)) in members.map({ ($0.name, $0.value) }) { calls[name] = Int(digits) }
    }
    self.calls = calls
    error = if case .string(let message)? = fields.value("error")?["message"] { message } else { nil }
    inputs = try fields.list("inputs") { value, path throws(FieldProblem) in try Self.input(value, path) }
    reads = try fields.list("reads") { value, path throws(FieldProblem) in
      guard let entry = try? JournalEntry(json: value.json), entry.isRead else { throw FieldProblem(path, "it is nothing that a plan was told") }
      return entry
    }
  }

  private static let members = [
    "plan", "id", "made", "mode", "target", "organization", "directory", "status", "script", "used", "parameters", "inputs", "saves", "output", "error",
    "failedRows", "failures", "calls", "requests", "seconds", "merged", "mergedSeconds", "limits", "irreversible", "warnings", "basis", "difference", "reads",
  ]

  private static func read(_ bytes: [UInt8]) throws(FieldProblem) -> PlanFile {
    let value: JSONValue
    do { value = try JSONReader.read(bytes) } catch { throw FieldProblem("byte \(error.offset)", "no JSON: \(error.text)") }
    guard case .number(let version)? = value["plan"] else { throw FieldProblem("$.plan", "this is no plan of safesh: 'safesh plan FILE --out plan.json' makes one") }
    guard version == "\(Plan.version)" else { throw FieldProblem("$.plan", "version \(version) is not known to this safesh, which reads version \(Plan.version)") }
    let fields = try StrictFields(value, "$", members)
    guard fields.value("reads") != nil else { throw FieldProblem("$", "'reads' is missing: what --output json tells is no file of --out") }
    return try PlanFile(fields)
  }

  private static func file(_ value: JSONValue, _ path: String) throws(FieldProblem) -> RunRecord.File {
    let fields = try StrictFields(value, path, ["path", "text"])
    return RunRecord.File(path: try fields.text("path"), text: try fields.text("text"))
  }

  private static func input(_ value: JSONValue, _ path: String) throws(FieldProblem) -> (path: String, bytes: [UInt8]) {
    let fields = try StrictFields(value, path, ["path", "sha256", "bytes", "text", "base64"])
    let bytes: [UInt8]
    if let text = try fields.optionalText("text") {
      bytes = Array(text.utf8)
    } else {
      let text = try fields.text("base64")
      guard let decoded = try? Base64.decoded(Array(text.utf8)) else { throw FieldProblem(fields.place("base64"), "it is no Base64") }
      bytes = decoded
    }
    guard let digest = try? SHA256.hexadecimal(bytes), try fields.text("sha256") == digest else {
      throw FieldProblem(fields.place("sha256"), "the content is not what the plan was made from")
    }
    return (try fields.text("path"), bytes)
  }

  /// A list is given element by element, as on a command line.
  private static func parameters(_ value: JSONValue?) -> [RunRecord.Parameter] {
    guard case .object(let members)? = value else { return [] }
    return members.flatMap { member -> [RunRecord.Parameter] in
      let values = if case .array(let elements) = member.value { elements } else { [member.value] }
      return values.compactMap { value in
        switch value {
        case .null: nil
        case .string(let text): RunRecord.Parameter(name: member.name, text: text)
        default: RunRecord.Parameter(name: member.name, text: String(decoding: value.json, as: UTF8.self))
        }
      }
    }
  }
}

extension JournalEntry {
  /// Whether a script was told it, and nothing was done.
  fileprivate var isRead: Bool {
    switch self {
    case .change, .events, .environment, .uuid: true
    default: false
    }
  }
}

extension RunJournal {
  /// Begins a run with what a plan was told.
  public func take(_ plan: PlanFile) async throws(Failure) {
    do {
      for input in plan.inputs { file.append(.input(path: input.path, file: try inputs.keep(input.bytes))) }
    } catch { throw Failure(description: error.message) }
    for read in plan.reads { file.append(read) }
    file.append(.planned)
    do { try await file.flush() } catch { throw Failure(description: "\(run.journal): the journal cannot be written: \(error)") }
  }
}
