/// What a run knew after each of its changes, for reads that are done again in another order than the first time.
struct History {
  private let changes: [OrganizationChange]
  private var front = Knowledge()
  /// A look back mostly goes back a little.
  private var marks: [Knowledge] = []
  private var back: Knowledge?

  private static let distance = 256
  private static let kept = 8

  init(_ changes: [OrganizationChange]) { self.changes = changes }

  /// What was known after so many changes, for `body` to look at.
  mutating func at<T>(_ version: Int, _ body: (inout Knowledge) -> T) -> T {
    let version = min(version, changes.count)
    if version >= front.version {
      while front.version < version {
        if front.version % Self.distance == 0 {
          marks.append(front)
          if marks.count > Self.kept { marks.removeFirst() }
        }
        front.apply(changes[front.version])
      }
      return body(&front)
    }
    var past = back ?? Knowledge()
    back = nil
    if past.version > version || version - past.version > Self.distance { past = marks.last { $0.version <= version } ?? Knowledge() }
    while past.version < version { past.apply(changes[past.version]) }
    let result = body(&past)
    back = past
    return result
  }
}
