/// A `def` as the checker finds it: its signature at once, its body when it is first called, since any order will do.
struct Definition: Sendable {
  struct Parameter: Sendable {
    var name: String
    var type: Type
    /// What stands for an argument that is not given.
    var value: TypedExpression?
    var slot: Int
  }

  enum State: Sendable { case unchecked, checking, checked }

  let syntax: DefinitionSyntax
  /// The file that it stands in.
  let file: Int
  let source: SourceFile
  var parameters: [Parameter] = []
  /// Nil gives nothing.
  var result: Type?
  var state = State.unchecked
  var body = TypedBlock(statements: [], type: .null, effect: .pure)
  /// What it writes, and where it first does.
  var capabilities: [String: Span] = [:]
  /// Prints or reports, which no predicate may.
  var speaks = false
  /// How high its tree is, with those of what it calls upon it.
  var height: Int

  init(syntax: DefinitionSyntax, file: Int, source: SourceFile) {
    self.syntax = syntax
    self.file = file
    self.source = source
    height = syntax.height
  }

  var name: String { syntax.name.text }
  var effect: Effect { body.effect }

  /// `stale(member: Member, days: Int = 90) -> Bool`
  var signature: String {
    let parameters = zip(parameters, syntax.parameters).map { "\($0.name): \($0.type)\($1.value == nil ? "" : " = …")" }
    return "\(name)(\(parameters.joined(separator: ", ")))" + (result.map { " -> \($0)" } ?? "")
  }
}

/// A definition whose names and types are known.
struct TypedDefinition: Sendable {
  var name: String
  var slots: [Int]
  var body: TypedBlock
  /// Where its spans point to.
  var source: SourceFile
}

/// What a file gives to those who use it, and sees itself.
struct FileScope: Sendable {
  let source: SourceFile
  /// By name, the place among the checker's definitions.
  var definitions: [String: Int] = [:]
  /// By the name after `as`, the place among the checker's files.
  var modules: [String: Int] = [:]
  /// The variables of its top level.
  var variables: [String: Checker.Variable] = [:]
}

/// Where the file of a `use` comes from: the language itself reads none.
public struct SourceLoader: Sendable {
  private let body: @Sendable (_ path: String, _ user: SourceFile) throws(RunError) -> SourceFile

  /// `body` finds the path as it is seen from the file that uses it.
  public init(_ body: @escaping @Sendable (_ path: String, _ user: SourceFile) throws(RunError) -> SourceFile) { self.body = body }

  public static let none = SourceLoader { path, _ throws(RunError) in throw RunError(.file, "'\(path)' cannot be read from here") }

  func load(_ path: String, from user: SourceFile) throws(RunError) -> SourceFile { try body(path, user) }
}
