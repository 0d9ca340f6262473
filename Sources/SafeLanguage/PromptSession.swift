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
    let (program, diagnostics) = Interruption.$world.withValue(world) { attempt.program(source) }
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
      for (statement, step) in zip(program.statements, steps) { try await Self.perform(step, of: statement, frame) }
    } catch let caught {
      error = caught
    }
    locals = Array(frame.locals.prefix(program.slots))
    // What the entry needed beside its variables is freed while the next one is typed.
    Interruption.hold(frame.locals)
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

  /// A variable is as it was if working out its new value was stopped.
  private static func perform(_ step: CompiledBlock.Step, of statement: TypedStatement, _ frame: Frame) async throws(RunError) {
    guard case .store(let slot, _) = statement.kind else { return try await Interruption.doing(step, frame) }
    let before = frame.locals[slot]
    do throws(RunError) { try await Interruption.doing(step, frame) } catch {
      if error.reach == .interrupted { frame.locals[slot] = before }
      throw error
    }
  }
}

extension SourceFile {
  /// Whether the text is the beginning of an entry that is not whole yet, as the parser sees it.
  public var isIncomplete: Bool {
    let diagnostics = Parser.parse(self).diagnostics
    return !diagnostics.isEmpty && diagnostics.contains(where: \.isIncomplete) && diagnostics.allSatisfy(\.isIncomplete)
  }
}
