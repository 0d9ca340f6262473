public import SafeLanguage
internal import SecretSafeAPI
internal import Synchronization

/// What a session has at hand of its lists, for whoever may not wait: the prompt while somebody types.
public final class CachedLists: Sendable {
  private let source: SessionSource
  private let state = Mutex(State())

  private struct State {
    var tables: [String: Table] = [:]
    var indexes: [String: ColumnIndex] = [:]
    var fetching: Set<String> = []
    /// Not to be asked for again: the key may not read it, or nobody answers.
    var refused: Set<String> = []
  }

  public init(_ source: SessionSource) { self.source = source }

  /// The rows of a list (`members`) as they were seen last.
  public func table(_ list: String) -> Table? { state.withLock { $0.tables[list] } }

  /// Takes over what the session has by now, which asks nobody.
  public func update() async {
    guard let session = await source.opened else { return }
    for resource in Resource.allCases {
      guard let table = await session.organization.cached(resource), let list = Self.name(of: resource) else { continue }
      put(table, list)
    }
  }

  /// Fetches a list if nobody does so already; true if there is something new.
  public func fetch(_ list: String) async -> Bool {
    guard let resource = Resource.allCases.first(where: { Self.name(of: $0) == list }) else { return false }
    let isMine = state.withLock { state in
      state.tables[list] == nil && !state.refused.contains(list) && state.fetching.insert(list).inserted
    }
    guard isMine else { return false }
    let table = try? await source.open().organization.table(resource).table
    state.withLock { state in
      state.fetching.remove(list)
      if table == nil { state.refused.insert(list) }
    }
    guard let table else { return false }
    put(table, list)
    return true
  }

  /// Fetches what was at hand once more; true if there is something new.
  public func renew() async -> Bool {
    guard let session = await source.opened else { return false }
    var isNew = false
    for resource in Resource.allCases {
      guard let list = Self.name(of: resource), let old = table(list), let table = try? await session.organization.table(resource).table else { continue }
      isNew = isNew || !old.isSame(as: table)
      put(table, list)
    }
    return isNew
  }

  private func put(_ table: Table, _ list: String) {
    state.withLock { state in
      if let old = state.tables[list], old.isSame(as: table) { return }
      state.tables[list] = table
      for key in state.indexes.keys where key.hasPrefix(list + ".") { state.indexes[key] = nil }
    }
  }

  private static func name(of resource: Resource) -> String? { SecretSafeSchema.schema.resource(named: resource.rawValue)?.plural }

  // MARK: names

  /// Values of a field that begin so, in their order, each with a line about its row; nil if the list is not at hand.
  public func values(_ list: String, _ field: String, beginning: String, most: Int) -> [Completer.Candidate]? {
    let key = "\(list).\(field)"
    let found: (table: Table, index: ColumnIndex)? = state.withLock { state in
      guard let table = state.tables[list] else { return nil }
      let index = state.indexes[key] ?? ColumnIndex(table, field)
      state.indexes[key] = index
      return (table, index)
    }
    guard let found else { return nil }
    let shown = SecretSafeSchema.schema.resource(listed: list)?.shown.filter { $0 != field && $0 != "id" }.prefix(3) ?? []
    return found.index.places(beginning, most).map { row, text in
      let about = shown.compactMap { name -> String? in
        guard let column = found.table.type.index(of: name) else { return nil }
        let value = found.table.value(row, column)
        return value.isNull || value == .bool(false) ? nil : value == .bool(true) ? name : value.printed
      }
      return Completer.Candidate(text: text, help: about.joined(separator: " · "))
    }
  }
}

/// The texts of a column in order, so that those with one beginning stand together however many there are.
private struct ColumnIndex {
  private var entries: [(key: String, text: String, row: Int)] = []

  init(_ table: Table, _ field: String) {
    guard let column = table.type.index(of: field) else { return }
    for row in 0..<table.count {
      if case .text(let text) = table.value(row, column), !text.isEmpty { entries.append((text.lowercased(), text, row)) }
    }
    entries.sort { ($0.key, $0.row) < ($1.key, $1.row) }
  }

  func places(_ beginning: String, _ most: Int) -> [(row: Int, text: String)] {
    let wanted = beginning.lowercased()
    var (low, high) = (0, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].key < wanted { low = middle + 1 } else { high = middle }
    }
    var found: [(row: Int, text: String)] = []
    for entry in entries[low...] {
      guard entry.key.hasPrefix(wanted), found.count < most else { break }
      if found.last?.text != entry.text { found.append((entry.row, entry.text)) }
    }
    return found
  }
}
