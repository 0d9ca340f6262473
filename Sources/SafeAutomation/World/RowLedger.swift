public import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// A row of an `each` that writes, with what became of it.
public struct LedgerEntry: Sendable {
  public var site: CallSite
  public var index: Int
  public var input: Value
  public var outcome: EachOutcome
  public var error: RunError?
  /// Of the first object that the row made or found.
  public var id: String?
  /// Requests that were sent for the call of the row that needed most.
  public var attempts: Int
  public var duration: Duration
}

/// Collects what the rows of a run come to. Only the rows of an `each` that stands in no other's row are told of.
final class RowLedger: Sendable {
  private struct Each {
    let start: EachStart
    var rows: [Int: LedgerEntry] = [:]
  }

  private struct State {
    var eaches: [Each] = []
    /// By the path of a row.
    var objects: [[Int]: (id: GUID?, attempts: Int)] = [:]
  }

  private let state = Mutex(State())

  func began(_ each: EachStart) {
    state.withLock { state in
      // A row of another one: its calls count there.
      if state.eaches.contains(where: { $0.rows.count < $0.start.rows.elementCount && Self.isInside(each.site, $0.start.site) }) { return }
      state.objects = [:]
      state.eaches.append(Each(start: each))
    }
  }

  private static func isInside(_ site: CallSite, _ outer: CallSite) -> Bool {
    site.path.count > outer.path.count && site.path.starts(with: outer.path)
  }

  func add(_ site: CallSite, _ id: GUID?, attempts: Int) {
    state.withLock { state in
      guard let each = state.eaches.last, Self.isInside(site, each.start.site) else { return }
      let path = Array(site.path.prefix(each.start.site.path.count + 1))
      var object = state.objects[path] ?? (nil, 0)
      object.id = object.id ?? id
      object.attempts = max(object.attempts, attempts)
      state.objects[path] = object
    }
  }

  func finished(_ row: EachRow) {
    state.withLock { state in
      guard let place = state.eaches.lastIndex(where: { $0.start.site == row.site }) else { return }
      let object = state.objects.removeValue(forKey: row.site.path + [row.index])
      state.eaches[place].rows[row.index] = LedgerEntry(
        site: row.site, index: row.index, input: state.eaches[place].start.rows.element(row.index), outcome: row.outcome, error: row.error,
        id: object?.id?.description, attempts: object?.attempts ?? 0, duration: row.duration)
    }
  }

  /// All rows in their order, those that were not begun as well.
  var entries: [LedgerEntry] {
    state.withLock { state in
      state.eaches.flatMap { each in
        (0..<each.start.rows.elementCount).map { index in
          each.rows[index]
            ?? LedgerEntry(
              site: each.start.site, index: index, input: each.start.rows.element(index), outcome: .notRun, error: nil, id: nil, attempts: 0,
              duration: .zero)
        }
      }
    }
  }
}
