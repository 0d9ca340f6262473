/// An open enumeration: cases with names, and numbers that no case has.
public final class EnumType: Hashable, Sendable {
  public let name: String
  public let cases: [(name: String, number: Int)]
  /// The names of those that are only read: a verb that is given one is refused.
  public let past: Set<String>
  private let names: [Int: String]

  public init(name: String, cases: [(name: String, number: Int)], past: Set<String> = []) {
    self.name = name
    self.cases = cases
    self.past = past
    names = Dictionary(cases.map { ($0.number, $0.name) }, uniquingKeysWith: { first, _ in first })
  }

  /// The names of those that may be given to a verb.
  public var given: [String] { cases.map(\.name).filter { !past.contains($0) } }

  /// All names, with what those are that no verb takes.
  public var summary: String {
    cases.map { past.contains($0.name) ? "\($0.name) (only read, of old servers)" : $0.name }.joined(separator: ", ")
  }

  /// The number of a case; nil if none is called so.
  public func number(of name: String) -> Int? { cases.first { $0.name == name }?.number }

  /// The name of the case with a number, or `unknown(4711)`.
  public func name(of number: Int) -> String { names[number] ?? "unknown(\(number))" }

  public static func == (a: EnumType, b: EnumType) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}
