public import SafeLanguage
internal import SafeSystem
internal import Synchronization

/// The journal of a run: what it holds from before, and where it goes on.
public final class RunJournal: Sendable {
  let recording: Recording
  /// When the run began first, in microseconds since 1970: the clock of the script stands there.
  public let began: Int
  let file: Journal
  /// When the last request was sent whose answer is not known; nil if there is none.
  let lastUnanswered: Int?
  let run: RunFolder
  /// Copies of what the run reads from files.
  let inputs: RunBlobs
  /// How long a request may last.
  public let timeout: Duration
  let purpose: Purpose
  /// Until when somebody was told that lost requests are waited for, in microseconds since 1970.
  private let toldUntil = Mutex(0)

  /// What the journal is opened for.
  public enum Purpose: Sendable {
    /// A new run, or one that did not come to its journal.
    case begin
    /// After whatever ended it.
    case goOn
    /// Failed rows are taken up at the call that failed.
    case retry
    /// What was sent and not answered is looked up, and nothing else is done.
    case settle
  }

  /// What is wrong with a journal.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Opens the journal in a run's folder, or begins one.
  ///
  /// - Parameters:
  ///   - timeout: of a request, after which it is surely not under way any more.
  /// - Throws: also where one that has to be there is not: without it nobody knows what was sent.
  public init(_ run: RunFolder, timeout: Duration, for purpose: Purpose = .begin, now: Int) throws(Failure) {
    let path = run.journal
    self.run = run
    self.timeout = timeout
    self.purpose = purpose
    var recording = try Self.recording(path) ?? Recording()
    if purpose != .begin, recording.began == nil {
      throw Failure(description: "\(path): the journal is not there, or empty, so nobody knows what the run did; nothing was sent")
    }
    if purpose == .retry { recording.forgetFailures() }
    self.recording = recording
    began = recording.began ?? now
    lastUnanswered = recording.lastUnanswered
    do { inputs = try RunBlobs(of: run) } catch { throw Failure(description: error.description) }
    do {
      file = try Journal(path, after: recording.length)
    } catch { throw Failure(description: "\(path): the journal cannot be written: \(error)") }
    file.append(.began(at: now))
  }

  /// What a journal holds; nil if there is none, or nothing in it.
  static func recording(_ path: String, keepingInverses: Bool = false) throws(Failure) -> Recording? {
    var recording = Recording(keepingInverses: keepingInverses)
    // One that is there and cannot be read must not be taken for a new one.
    do {
      guard let file = try FileParts(ifThere: path) else { return nil }
      while let part = try file.next() { try recording.read(part) }
    } catch let error as Recording.Damage {
      throw Failure(description: "\(path):\(error.line): the journal was changed or damaged here; nothing was sent")
    } catch { throw Failure(description: "\(path): the journal cannot be read: \(error)") }
    return recording.began == nil ? nil : recording
  }

  /// The calls of a run of which nobody knows what became, in words; those of a step that was sent ahead are told by their number.
  public static func unanswered(in run: RunFolder) throws(Failure) -> [String] { try recording(run.journal)?.unanswered ?? [] }

  /// What a call came to before the script said it; nil if it was not sent ahead.
  func answer(to key: CallKey) throws(RunError) -> AheadAnswer? {
    guard let place = recording.ahead[CallDigest(key)] else { return nil }
    return try answer(at: place)
  }

  /// Reads one of the answers.
  func answer(at place: Recording.AnswerPlace) throws(RunError) -> AheadAnswer {
    do throws(SystemFailure) {
      if case .answer(_, let answer)? = Recording.entry(try file.bytes(place.line)[...]) { return answer }
    } catch { throw RunError(.file, "\(run.journal): the journal cannot be read: \(error)", reach: .unreachable) }
    throw RunError(.file, "\(run.journal): the journal was changed while it was read", reach: .unreachable)
  }

  /// Opens an input for a rehearsal: the run reads the same later.
  public func inputs(_ surroundings: Surroundings) -> @Sendable (String) throws(RunError) -> InputSource {
    let inputs = KeptInputs(self, surroundings)
    return { path throws(RunError) in try inputs.open(path) }
  }

  /// Whether it has all that a plan was told, so that it can be rehearsed again without a request.
  public var holdsPlan: Bool { recording.holdsPlan }

  /// Keeps what a rehearsal was told, on disk, before its plan is carried out.
  public func keep(_ plan: Plan) async throws(Failure) {
    for read in plan.reads { file.append(read) }
    keepLasting(plan)
    file.append(.planned)
    do { try await file.flush() } catch { throw Failure(description: "\(run.journal): the journal cannot be written: \(error)") }
  }

  /// Keeps what stays of a plan, for who takes the run back.
  public func keepLasting(_ plan: Plan) { if let lasting = plan.lasting { file.append(.lasting(lasting)) } }

  /// Nothing more is sent ahead: from here on the script says its calls itself.
  public func endAhead() { if !recording.hasEndedAhead { file.append(.aheadEnded) } }

  /// Whether a wait is to be told of: those that begin while another is waited for are not.
  func mustTell(untilAfter due: Int, at now: Int) -> Bool {
    toldUntil.withLock { told in
      if told > now { return false }
      told = due
      return true
    }
  }

  /// Brings to disk what was not sent for.
  public func close() async { try? await file.flush() }
}
