/// The language from source to result: read, check, compile, run.
public struct Script: Sendable {
  public let program: CheckedProgram

  /// Checks a source; throws everything that is wrong with it.
  public init(_ source: SourceFile, schema: Schema, mode: CheckMode = .script, loader: SourceLoader = .none) throws(ScriptErrors) {
    let (program, diagnostics) = Checker.check(source, schema: schema, mode: mode, loader: loader)
    guard let program else { throw ScriptErrors(source: source, diagnostics: diagnostics) }
    self.program = program
  }

  /// Runs the script with values for its parameters; what it puts out goes to the world.
  public func run(in world: any World, parameters: [String: Value] = [:]) async -> RunResult {
    let compiler = Compiler(program)
    let steps = program.statements.map { compiler.step($0) }
    let context = RunContext(world: world, program: program)
    let frame = Frame(run: context, slots: compiler.slots, relations: program.relations)
    let given = Dictionary(uniqueKeysWithValues: program.parameters.compactMap { parameter in parameters[parameter.name].map { (parameter.slot, $0) } })
    for (slot, value) in given { frame.locals[slot] = value }
    let result = await Self.run(zip(program.statements, steps).map { $0 }, given: Set(given.keys), frame)
    if result.error?.reach == .interrupted {
      // To free millions of values takes longer than to stop.
      let values = frame.locals
      frame.locals = []
      Task.detached { withExtendedLifetime(values) {} }
    }
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
    do throws(RunError) {
      for (statement, step) in steps {
        // A parameter that was given needs no default.
        if case .store(let slot, _) = statement.kind, given.contains(slot), isFirstStore(slot, statement, steps) { continue }
        try await Interruption.doing(step, frame)
      }
      return RunResult(error: nil, failedRows: frame.run.failedRows, calls: frame.calls)
    } catch {
      return RunResult(error: error, failedRows: frame.run.failedRows, calls: frame.calls)
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

  /// Whether more text could make it right: the prompt then goes on to a next line.
  public var isIncomplete: Bool {
    let errors = diagnostics.filter { $0.severity == .error }
    return !errors.isEmpty && errors.first { !$0.isIncomplete && $0.code.rawValue < "E1" } == nil && errors.contains(where: \.isIncomplete)
  }
}

/// How a run ended.
public struct RunResult: Sendable {
  public var error: RunError?
  public var failedRows: Int
  /// Calls that changed something.
  public var calls: [(verb: String, count: Int)]
}

/// The entries of a prompt, one after another, with the variables that they leave.
public final class PromptSession {
  private var checker: Checker
  private var locals: [Value] = []

  public init(schema: Schema, loader: SourceLoader = .none) { checker = Checker(schema: schema, mode: .prompt, loader: loader) }

  /// The variables by name, for completion.
  public var variables: [String: Type] { checker.scopes[0].mapValues(\.type) }

  /// An entry that may run.
  public struct Entry: Sendable {
    let program: CheckedProgram
    public var warnings: [Diagnostic] { program.warnings }
    /// The entry as a script would have it.
    public var canonicalText: String { program.canonicalText }
  }

  /// Checks an entry. What is wrong with it leaves everything as it was.
  public func check(_ source: SourceFile) -> Result<Entry, ScriptErrors> {
    var attempt = checker
    let (program, diagnostics) = attempt.program(source)
    guard let program else { return .failure(ScriptErrors(source: source, diagnostics: diagnostics)) }
    return .success(Entry(program: program))
  }

  /// Checks and runs an entry; `willRun` is told of it in between.
  public func run(
    _ source: SourceFile, in world: any World, willRun: (Entry) -> Void = { _ in }
  ) async -> Result<(RunResult, warnings: [Diagnostic]), ScriptErrors> {
    var attempt = checker
    let (before, narrowed) = (checker.scopes[0], checker.narrowed)
    attempt.inferring = { (format, path) throws(RunError) in try Input.inferredType(format, path, world) }
    let (program, diagnostics) = attempt.program(source)
    attempt.inferring = nil
    guard let program else { return .failure(ScriptErrors(source: source, diagnostics: diagnostics)) }
    attempt.diagnostics = []
    checker = attempt
    willRun(Entry(program: program))
    let compiler = Compiler(program)
    let steps = program.statements.map { compiler.step($0) }
    let frame = Frame(run: RunContext(world: world, program: program), slots: compiler.slots, relations: program.relations)
    frame.adopt(locals: locals, related: frame.related, path: [])
    var error: RunError?
    do throws(RunError) {
      for step in steps { try await Interruption.doing(step, frame) }
    } catch let caught {
      error = caught
    }
    locals = Array(frame.locals.prefix(program.slots))
    // A name whose value was never worked out is as if it had not been declared.
    // Nor is anything known of what an `assert` said that did not hold.
    if error != nil {
      checker.narrowed = narrowed
      for (name, variable) in checker.scopes[0] where before[name]?.slot != variable.slot && locals[variable.slot].isNull {
        checker.scopes[0][name] = before[name]
      }
    }
    return .success((RunResult(error: error, failedRows: frame.run.failedRows, calls: frame.calls), program.warnings))
  }
}

extension SourceFile {
  /// Whether the text is the beginning of an entry that is not whole yet, as the parser sees it.
  public var isIncomplete: Bool {
    let diagnostics = Parser.parse(self).diagnostics
    return !diagnostics.isEmpty && diagnostics.contains(where: \.isIncomplete) && diagnostics.allSatisfy(\.isIncomplete)
  }
}
