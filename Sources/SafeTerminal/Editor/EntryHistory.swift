/// The entries of earlier: moving through them by the text before the cursor, finding in them, and hints from them.
struct EntryHistory {
  static let maximumEntries = 10_000

  /// Those that a file had, which are made records when somebody asks for them.
  private let lines: HistoryLines
  private var added: [HistoryEntry] = []
  /// Their texts, where one that is the same as the one before it stands once.
  private(set) var entries = EntryTexts()
  /// Which of them went wrong the last time.
  private var failed: [Bool] = []
  private var place: Int?
  private var typed: (text: [UInt32], cursor: Int) = ([], 0)
  private var shown: [UInt32] = []

  init(_ lines: HistoryLines = HistoryLines()) {
    self.lines = lines
    entries.reserve(scalars: lines.bytes.count, entries: lines.places.count)
    for place in lines.places {
      let (text, hasFailed) = HistoryLine.entered(lines.bytes[place])
      if text.allSatisfy({ $0 < 0x80 }) {
        enter(text.lazy.map { UInt32($0) }, failed: hasFailed)
      } else {
        enter(EntryText.scalars(String(decoding: text, as: UTF8.self)), failed: hasFailed)
      }
    }
  }

  /// What each entry was kept with; the latest is the last.
  var records: [HistoryEntry] { Array((lines.entries + added).suffix(Self.maximumEntries)) }

  mutating func add(_ record: HistoryEntry) {
    place = nil
    added.append(record)
    if added.count > Self.maximumEntries { added.removeFirst(added.count - Self.maximumEntries) }
    enter(EntryText.scalars(record.text), failed: record.outcome == HistoryEntry.failed)
  }

  private mutating func enter(_ entry: some Collection<UInt32>, failed hasFailed: Bool) {
    if entry.isEmpty { return }
    if let last = entries.last, last.elementsEqual(entry) {
      failed[failed.count - 1] = hasFailed
      return
    }
    entries.append(entry)
    failed.append(hasFailed)
    if entries.count > Self.maximumEntries {
      failed.removeFirst()
      entries.dropOldest()
    }
  }

  /// Tells what came of the latest entry.
  mutating func note(_ outcome: String) {
    guard let last = added.indices.last else { return }
    added[last].outcome = outcome
    if entries.last.map(Array.init) == EntryText.scalars(added[last].text) { failed[failed.count - 1] = outcome == HistoryEntry.failed }
  }

  mutating func leave() { place = nil }

  /// The next older (or newer) entry that begins with what stood before the cursor at first; nil if there is none.
  mutating func move(older: Bool, text: [UInt32], cursor: Int) -> [UInt32]? {
    if place == nil || text != shown {
      typed = (text, cursor)
      place = nil
    }
    let prefix = Array(typed.text.prefix(typed.cursor))
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
      if entries.begins(index, with: prefix), !entries[index].elementsEqual(place == nil ? typed.text : shown) {
        place = index
        shown = Array(entries[index])
        return shown
      }
    }
  }

  /// The rest of the latest entry that begins with the text, of one that went well where there is one.
  func hint(for text: [UInt32]) -> [UInt32]? {
    guard !text.isEmpty else { return nil }
    var second: Int?
    for index in entries.indices.reversed() where entries[index].count > text.count && entries.begins(index, with: text) {
      if !failed[index] { return Array(entries[index].dropFirst(text.count)) }
      second = second ?? index
    }
    return second.map { Array(entries[$0].dropFirst(text.count)) }
  }
}
