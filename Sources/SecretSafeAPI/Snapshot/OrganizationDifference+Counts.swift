extension OrganizationDifference {
  /// How often one thing happened, as `12 invited`.
  public struct Count: Hashable, Sendable {
    /// What it happened to: `members`, `groups`, `memberships`, `access`, `collections`, `policies`, `subscription`.
    public let subject: String
    public let word: String
    public let count: Int
  }

  /// What happened, by subject in the order of the changes; what did not happen is not there.
  public var counts: [Count] {
    let measures = Self.words.flatMap { subject, words in words.map { (subject: subject, word: $0.word, measure: $0.measure) } }
    var counts = [Int](repeating: 0, count: measures.count)
    for change in changes { for (index, measure) in measures.enumerated() { counts[index] += measure.measure(change) } }
    return zip(measures, counts).filter { $1 > 0 }.map { Count(subject: $0.subject, word: $0.word, count: $1) }
  }

  private typealias Measure = @Sendable (Change) -> Int

  /// What is counted, and how much of it a change is.
  private static let words: [(subject: String, words: [(word: String, measure: Measure)])] = [
    (
      "members",
      [
        ("invited", one(.member, .added) { $0.field("status")?.after == .string("invited") }),
        ("added", one(.member, .added) { $0.field("status")?.after != .string("invited") }),
        ("changed", one(.member, .changed) { !$0.isRevocation && !$0.isRestoration }),
        ("revoked", one(.member, .changed) { $0.isRevocation }), ("restored", one(.member, .changed) { $0.isRestoration }),
        ("removed", one(.member, .removed) { _ in true }),
      ]
    ),
    (
      "groups",
      [
        ("created", one(.group, .added) { _ in true }), ("changed", one(.group, .changed) { !$0.fields.isEmpty }),
        ("removed", one(.group, .removed) { _ in true }),
      ]
    ),
    ("memberships", [("added", { $0.members.count { $0.isAdded } }), ("dropped", { $0.members.count { !$0.isAdded } })]),
    (
      "access",
      [
        ("granted", { $0.access.count { $0.before == nil } }), ("changed", { $0.access.count { $0.before != nil && $0.after != nil } }),
        ("ended", { $0.access.count { $0.after == nil } }),
      ]
    ),
    (
      "collections",
      [
        ("added", one(.collection, .added) { _ in true }), ("changed", one(.collection, .changed) { _ in true }),
        ("removed", one(.collection, .removed) { _ in true }),
      ]
    ),
    (
      "policies",
      [
        ("enabled", one(.policy, nil) { $0.field("enabled")?.after == true && $0.action != .removed }),
        ("disabled", one(.policy, .changed) { $0.field("enabled")?.after == false }),
        ("changed", one(.policy, nil) { $0.action == .changed && $0.field("enabled") == nil || $0.action == .added && $0.field("enabled") == nil }),
        ("removed", one(.policy, .removed) { _ in true }),
      ]
    ),
    ("subscription", [("changed", one(.subscription, nil) { _ in true })]),
  ]

  private static func one(_ kind: Kind, _ action: Action?, _ condition: @escaping @Sendable (Change) -> Bool) -> Measure {
    { $0.kind == kind && (action == nil || $0.action == action) && condition($0) ? 1 : 0 }
  }
}

extension OrganizationDifference.Change {
  /// Somebody who was not revoked is.
  public var isRevocation: Bool { kind == .member && action == .changed && field("status")?.after == .string("revoked") }
  /// Somebody who was revoked is not.
  public var isRestoration: Bool { kind == .member && action == .changed && field("status")?.before == .string("revoked") }
}
