/// The entries of a prompt, one after another, with the variables that they leave.
public final class PromptSession {
  /// What names the value that was shown last.
  public static let last = "_"

  private var checker: Checker
  private var locals: [Value] = []
  private let loader: SourceLoader

  public init(schema: Schema, loader: SourceLoader = .none) {
    checker = Checker(schema: schema, mode: .prompt, loader: loader)
    self.loader = loader
  }

  /// The variables by name, for completion.
  public var variables: [String: Type] { checker.scopes[0].mapValues(\.type) }

  /// What names are known, for completion and hints.
  public var completer: Completer { Completer(checker) }

  /// An entry that may run.
  public struct Entry {
    /// The entry with the values of the variables before it: it may be run, rehearsed and run once more, by anybody.
    public let script: Script
    /// What is known behind it.
    fileprivate let after: Checker

    public var warnings: [Diagnostic] { script.program.warnings }
    /// The entry as a script would have it.
    public var canonicalText: String { script.program.canonicalText }
    public var effect: Effect { script.program.effect }
  }

  /// Checks an entry. What is wrong with it leaves everything as it was.
  ///
  /// - Parameters:
  ///   - world: where the types of files are found that no `as` tells; without it they are not known.
  ///   - isTyped: it is not whole yet, and is looked at after every key: no file is read for it.
  public func check(_ source: SourceFile, in world: (any World)? = nil, isTyped: Bool = false) -> Result<Entry, ScriptErrors> {
    var attempt = checker
    if isTyped { attempt.loader = .none }
    if let world { attempt.inferring = { (format, path) throws(RunError) in try Input.inferredType(format, path, world) } }
    let (program, diagnostics) = Interruption.$world.withValue(world) { attempt.program(source) }
    attempt.inferring = nil
    attempt.loader = loader
    guard let program else { return .failure(ScriptErrors(source: source, diagnostics: diagnostics)) }
    attempt.diagnostics = []
    return .success(Entry(script: Script(program, earlier: locals), after: attempt))
  }

  /// Takes over what an entry left, after it ran.
  public func take(_ entry: Entry, _ result: RunResult) {
    let (before, narrowed) = (checker.scopes[0], checker.narrowed)
    checker = entry.after
    locals = result.locals
    // A name whose value was never worked out is as if it had not been declared.
    // Nor is anything known of what an `assert` said that did not hold.
    if result.error != nil {
      checker.narrowed = narrowed
      for (name, variable) in checker.scopes[0] where before[name]?.slot != variable.slot && value(variable.slot).isNull {
        checker.scopes[0][name] = before[name]
      }
    }
    if let shown = result.shown { declareLast(shown.value, shown.type) }
    // What no name leads to any more need not be kept; a `def` may still see what is shared.
    for (name, old) in before where checker.scopes[0][name]?.slot != old.slot && !old.isShared && old.slot < locals.count { locals[old.slot] = .null }
  }

  private func value(_ slot: Int) -> Value { slot < locals.count ? locals[slot] : .null }

  private func declareLast(_ value: Value, _ type: Type) {
    let slot = checker.newSlot()
    while locals.count <= slot { locals.append(.null) }
    locals[slot] = value
    checker.scopes[0][Self.last] = Checker.Variable(slot: slot, type: type, isVariable: false, level: 0, parDepth: 0)
  }

  /// Checks and runs an entry; `willRun` is told of it in between.
  public func run(
    _ source: SourceFile, in world: any World, willRun: (Entry) -> Void = { _ in }
  ) async -> Result<(RunResult, warnings: [Diagnostic]), ScriptErrors> {
    switch check(source, in: world) {
    case .failure(let errors): return .failure(errors)
    case .success(let entry):
      willRun(entry)
      let result = await entry.script.run(in: world)
      take(entry, result)
      return .success((result, entry.warnings))
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
