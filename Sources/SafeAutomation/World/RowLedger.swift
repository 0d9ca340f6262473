public import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// A row of an `each` that writes, with what became of it.
public struct LedgerEntry: Sendable {
  public var site: CallSite
  public var index: Int
  public var input: Value
  public var outcome: EachOutcome
  /// Why it failed.
  public var reason: String?
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
    /// By their index; nil for those that are not through. There may be a hundred thousand, so they hold no more than they must.
    var rows: [Row?] = []
    var done = 0
  }

  private struct Row {
    var outcome: EachOutcome
    var attempts: Int32
    var seconds: Float
    var id: GUID?
    var reason: String?
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
      if state.eaches.contains(where: { $0.done < $0.start.rows.elementCount && Self.isInside(each.site, $0.start.site) }) { return }
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
      let missing = row.index + 1 - state.eaches[place].rows.count
      if missing > 0 { state.eaches[place].rows += repeatElement(nil, count: missing) }
      if state.eaches[place].rows[row.index] == nil { state.eaches[place].done += 1 }
      state.eaches[place].rows[row.index] = Row(
        outcome: row.outcome, attempts: Int32(clamping: object?.attempts ?? 0), seconds: Float(row.duration / .seconds(1)), id: object?.id,
        reason: row.error?.told)
    }
  }

  /// All rows in their order, those that were not begun as well.
  var entries: [LedgerEntry] {
    state.withLock { state in
      state.eaches.flatMap { each in
        (0..<each.start.rows.elementCount).map { index in
          let row = index < each.rows.count ? each.rows[index] : nil
          return LedgerEntry(
            site: each.start.site, index: index, input: each.start.rows.element(index), outcome: row?.outcome ?? .notRun, reason: row?.reason,
            id: row?.id?.description, attempts: Int(row?.attempts ?? 0), duration: .seconds(Double(row?.seconds ?? 0)))
        }
      }
    }
  }
}
