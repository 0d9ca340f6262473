public import SafeLanguage

/// What a run may use of the machine it runs on; handed in, so that tests and rehearsals hand in others.
public struct Surroundings: Sendable {
  public var openInput: @Sendable (String) throws(RunError) -> InputSource
  /// Replaces a file, or writes to standard output, as `World.save` says.
  public var saveOutput: @Sendable (String, (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> Void
  /// A variable of the environment by its name.
  public var environment: @Sendable (String) -> String?
  /// One of those that are kept nowhere.
  public var secret: @Sendable (String) -> String?
  /// Microseconds since 1970.
  public var now: Int
  public var isInterrupted: @Sendable () -> Bool
  public var emit: @Sendable (Output) -> Void
  /// Asks the person before what costs money; false where nobody can be asked and nobody said yes beforehand.
  public var confirm: @Sendable (String) -> Bool
  /// What a script sees of the events where it does not say since when; nil for the usual 30 days.
  public var events: EventWindow?

  public init(
    openInput: @escaping @Sendable (String) throws(RunError) -> InputSource,
    saveOutput: @escaping @Sendable (String, (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> Void,
    environment: @escaping @Sendable (String) -> String?, now: Int, isInterrupted: @escaping @Sendable () -> Bool,
    confirm: @escaping @Sendable (String) -> Bool = { _ in false },
    emit: @escaping @Sendable (Output) -> Void
  ) {
    self.openInput = openInput
    self.saveOutput = saveOutput
    self.environment = environment
    secret = environment
    self.now = now
    self.isInterrupted = isInterrupted
    self.confirm = confirm
    self.emit = emit
  }
}
