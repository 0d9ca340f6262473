/// What evaluating something may touch. Each includes those before it.
public enum Effect: Int, Comparable, Sendable {
  case pure, read, write, destroy

  public static func < (a: Effect, b: Effect) -> Bool { a.rawValue < b.rawValue }

  func joined(_ other: Effect) -> Effect { max(self, other) }
}
