extension OrganizationDifference {
  /// What is other about each object, in the order of the snapshots. Each change is made when it is looked at: what differs between large snapshots takes
  /// far more room than they do.
  public struct Changes: RandomAccessCollection, Sendable {
    /// An object, by its place on either side.
    struct Place: Sendable {
      let kind: Kind
      private let sides: (old: Int32, new: Int32)

      init(_ kind: Kind, _ old: Int?, _ new: Int?) {
        self.kind = kind
        sides = (Int32(old ?? -1), Int32(new ?? -1))
      }

      var old: Int? { sides.old < 0 ? nil : Int(sides.old) }
      var new: Int? { sides.new < 0 ? nil : Int(sides.new) }
      var action: Action { old == nil ? .added : new == nil ? .removed : .changed }
    }

    private enum Content {
      case found(SnapshotPair, [Place])
      case kept([Change])
    }

    private let content: Content

    init(_ pair: SnapshotPair) { content = .found(pair, pair.places) }
    init(_ changes: [Change]) { content = .kept(changes) }
    private init(_ content: Content) { self.content = content }

    public var startIndex: Int { 0 }

    public var endIndex: Int {
      switch content {
      case .found(_, let places): places.count
      case .kept(let changes): changes.count
      }
    }

    public subscript(index: Int) -> Change {
      switch content {
      case .found(let pair, let places): pair.change(places[index])
      case .kept(let changes): changes[index]
      }
    }

    /// Those of one kind of object.
    func of(_ kind: Kind, _ action: Action?) -> Changes {
      switch content {
      case .found(let pair, let places): Changes(.found(pair, places.filter { $0.kind == kind && (action == nil || $0.action == action) }))
      case .kept(let changes): Changes(changes.filter { $0.kind == kind && (action == nil || $0.action == action) })
      }
    }
  }
}

extension OrganizationDifference.Changes: Hashable {
  public static func == (a: Self, b: Self) -> Bool { a.elementsEqual(b) }
  public func hash(into hasher: inout Hasher) { for change in self { hasher.combine(change) } }
}
