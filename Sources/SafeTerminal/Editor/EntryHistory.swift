/// The entries of earlier: moving through them by the text before the cursor, finding in them, and hints from them.
struct EntryHistory {
  static let maximumEntries = 10_000

  /// What each entry was kept with; the latest is the last.
  private(set) var records: [HistoryEntry] = []
  /// Their texts, where one that is the same as the one before it stands once.
  private(set) var entries: [[UInt32]] = []
  /// Which of them went wrong the last time.
  private var failed: [Bool] = []
  private var place: Int?
  private var typed: (text: [UInt32], cursor: Int) = ([], 0)
  private var shown: [UInt32] = []

  mutating func add(_ record: HistoryEntry) {
    place = nil
    records.append(record)
    if records.count > Self.maximumEntries { records.removeFirst(records.count - Self.maximumEntries) }
    let entry = EntryText.scalars(record.text)
    if entry.isEmpty { return }
    if entries.last != entry {
      entries.append(entry)
      failed.append(false)
    }
    noteFailure(record)
    if entries.count > Self.maximumEntries {
      failed.removeFirst(entries.count - Self.maximumEntries)
      entries.removeFirst(entries.count - Self.maximumEntries)
    }
  }

  /// Of the latest entry.
  private mutating func noteFailure(_ record: HistoryEntry) {
    if let last = failed.indices.last { failed[last] = record.outcome == HistoryEntry.failed }
  }

  /// Tells what came of the latest entry.
  mutating func note(_ outcome: String) {
    guard let last = records.indices.last else { return }
    records[last].outcome = outcome
    if entries.last == EntryText.scalars(records[last].text) { noteFailure(records[last]) }
  }

  mutating func leave() { place = nil }

  /// The next older (or newer) entry that begins with what stood before the cursor at first; nil if there is none.
  mutating func move(older: Bool, text: [UInt32], cursor: Int) -> [UInt32]? {
    if place == nil || text != shown {
      typed = (text, cursor)
      place = nil
    }
    let prefix = typed.text.prefix(typed.cursor)
    var index = place ?? entries.count
    while true {
      index += older ? -1 : 1
      if index < 0 { return nil }
      if index >= entries.count {
        guard !older, place != nil else { return nil }
        place = nil
        shown = typed.text
        return typed.text
      }
      let entry = entries[index]
      if entry.starts(with: prefix), entry != (place == nil ? typed.text : shown) {
        place = index
        shown = entry
        return entry
      }
    }
  }

  /// The rest of the latest entry that begins with the text, of one that went well where there is one.
  func hint(for text: [UInt32]) -> [UInt32]? {
    guard !text.isEmpty else { return nil }
    var second: Int?
    for index in entries.indices.reversed() where entries[index].count > text.count && entries[index].starts(with: text) {
      if !failed[index] { return Array(entries[index].dropFirst(text.count)) }
      second = second ?? index
    }
    return second.map { Array(entries[$0].dropFirst(text.count)) }
  }
}
