/// The language from source to result: read, check, compile, run.
public struct Script: Sendable {
  public let program: CheckedProgram
  /// What variables hold that stand before it, by slot: those of earlier entries of a prompt.
  let earlier: [Value]

  /// Checks a source; throws everything that is wrong with it.
  public init(_ source: SourceFile, schema: Schema, mode: CheckMode = .script, loader: SourceLoader = .none) throws(ScriptErrors) {
    let (program, diagnostics) = Checker.check(source, schema: schema, mode: mode, loader: loader)
    guard let program else { throw ScriptErrors(source: source, diagnostics: diagnostics) }
    self.init(program, earlier: [])
  }

  init(_ program: CheckedProgram, earlier: [Value]) { (self.program, self.earlier) = (program, earlier) }

  /// Runs the script with values for its parameters; what it puts out goes to the world.
  public func run(in world: any World, parameters: [String: Value] = [:]) async -> RunResult {
    let compiler = Compiler(program)
    let steps = program.statements.map { compiler.step($0) }
    let context = RunContext(world: world, program: program)
    let frame = Frame(run: context, slots: compiler.slots, relations: program.relations)
    let given = Dictionary(uniqueKeysWithValues: program.parameters.compactMap { parameter in parameters[parameter.name].map { (parameter.slot, $0) } })
    frame.adopt(locals: earlier, related: frame.related, path: [])
    for (slot, value) in given { frame.locals[slot] = value }
    var result = await Self.run(zip(program.statements, steps).map { $0 }, given: Set(given.keys), frame)
    if program.mode == .prompt { (result.locals, result.shown) = (Array(frame.locals.prefix(program.slots)), frame.shown) }
    return result
  }

  /// Runs one of the script's tests: the values that it sees, and its own statements.
  public func run(test: CheckedProgram.Test, in world: any World) async -> RunResult {
    let compiler = Compiler(program)
    let shared = program.statements.filter { statement in
      if case .store(let slot, let value) = statement.kind { return program.shared.contains(slot) && value.effect == .pure }
      return false
    }
    let statements = shared + test.body.statements
    let steps = statements.map { compiler.step($0) }
    let frame = Frame(run: RunContext(world: world, program: program, isTest: true), slots: compiler.slots, relations: program.relations)
    return await Self.run(zip(statements, steps).map { $0 }, given: [], frame)
  }

  private static func run(
    _ steps: [(TypedStatement, CompiledBlock.Step)], given: Set<Int>, _ frame: Frame
  ) async -> RunResult {
    // Nobody need wait until the variables are freed, however it ended.
    defer { Interruption.hold(frame.locals, isStopped: frame.run.world.isInterrupted) }
    do throws(RunError) {
      for (statement, step) in steps {
        // A parameter that was given needs no default.
        if case .store(let slot, _) = statement.kind, given.contains(slot), isFirstStore(slot, statement, steps) { continue }
        try await perform(step, of: statement, frame)
      }
      return RunResult(error: nil, failedRows: frame.run.failedRows, calls: frame.calls, changes: frame.run.changes)
    } catch {
      return RunResult(error: error, failedRows: frame.run.failedRows, calls: frame.calls, changes: frame.run.changes)
    }
  }

  /// At the prompt a variable is as it was if working out its new value was stopped.
  private static func perform(_ step: CompiledBlock.Step, of statement: TypedStatement, _ frame: Frame) async throws(RunError) {
    guard frame.run.keepsShown, case .store(let slot, _) = statement.kind else { return try await Interruption.doing(step, frame) }
    let before = frame.locals[slot]
    do throws(RunError) { try await Interruption.doing(step, frame) } catch {
      if error.reach == .interrupted { frame.locals[slot] = before }
      throw error
    }
  }

  private static func isFirstStore(_ slot: Int, _ statement: TypedStatement, _ steps: [(TypedStatement, CompiledBlock.Step)]) -> Bool {
    for (other, _) in steps {
      if case .store(slot, _) = other.kind { return other.span == statement.span }
    }
    return false
  }
}

/// Everything wrong with a script.
public struct ScriptErrors: Error, Sendable {
  public let source: SourceFile
  public let diagnostics: [Diagnostic]
}

/// How a run ended.
public struct RunResult: Sendable {
  public var error: RunError?
  public var failedRows: Int
  /// Calls that changed something.
  public var calls: [(verb: String, count: Int)]
  /// What was changed, by capability.
  public var changes: [String: Int]
  /// At the prompt: what the variables held at the end, by slot, and the value that was shown last.
  var locals: [Value] = []
  var shown: (value: Value, type: Type)?

  public init(error: RunError?, failedRows: Int = 0, calls: [(verb: String, count: Int)] = [], changes: [String: Int] = [:]) {
    (self.error, self.failedRows, self.calls, self.changes) = (error, failedRows, calls, changes)
  }
}
