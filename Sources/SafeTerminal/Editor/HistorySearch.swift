/// Ctrl-R: a pattern, and the entry of the history that holds it. Fed with keys, it tells when it is over.
struct HistorySearch {
  static let maximumPattern = 250

  enum Step: Equatable {
    case shown
    /// There is nothing further that way.
    case refused
    /// Over, with the entry that is to stand in the line, if any; `key` is still to be carried out.
    case ended([UInt32]?, key: KeyReader.Key?)
  }

  private(set) var pattern: [UInt32] = []
  private(set) var found: (index: Int, at: Int)?
  private let entries: EntryTexts

  init(_ entries: EntryTexts) { self.entries = entries }

  /// What is shown in place of the line, with the place that was found.
  var match: (entry: [UInt32], range: Range<Int>)? { found.map { (Array(entries[$0.index]), $0.at..<($0.at + pattern.count)) } }

  var line: String { (pattern.isEmpty || found != nil ? "search: " : "not found: ") + EntryText.string(pattern) }

  mutating func feed(_ key: KeyReader.Key) -> Step {
    switch key {
    case .character(18): return further(older: true)
    case .character(19): return further(older: false)
    case .character(127), .character(8):
      if !pattern.isEmpty { pattern.removeLast() }
      found = search(from: entries.count - 1, by: -1)
      return .shown
    case .character(21):
      (pattern, found) = ([], nil)
      return .shown
    case .character(7): return .ended(nil, key: nil)
    case KeyReader.interrupt: return .ended(nil, key: key)
    case .character(let value) where value >= 32: return extend([value])
    case .paste(let text): return extend(Array(text.prefix { $0 != 10 }))
    case .escape: return .ended(match?.entry, key: nil)
    default: return .ended(match?.entry, key: key)
    }
  }

  /// A longer pattern may still be in the entry that was found.
  private mutating func extend(_ text: [UInt32]) -> Step {
    guard pattern.count + text.count <= Self.maximumPattern else { return .refused }
    pattern += text
    found = search(from: found?.index ?? entries.count - 1, by: -1)
    return .shown
  }

  private mutating func further(older: Bool) -> Step {
    guard let shown = found, let next = search(from: shown.index, by: older ? -1 : 1, unlike: entries[shown.index]) else { return .refused }
    found = next
    return .shown
  }

  /// Letters in lower case stand for both cases, as long as there is none in upper case.
  private func search(from start: Int, by step: Int, unlike shown: ArraySlice<UInt32>? = nil) -> (index: Int, at: Int)? {
    guard !pattern.isEmpty else { return nil }
    let folds = pattern.allSatisfy { Self.lower($0) == $0 }
    var index = start
    while entries.indices.contains(index) {
      let entry = entries[index]
      if entry != shown, let at = Self.place(of: pattern, in: entry, folds: folds) { return (index, at) }
      index += step
    }
    return nil
  }

  private static func place(of pattern: [UInt32], in entry: ArraySlice<UInt32>, folds: Bool) -> Int? {
    guard entry.count >= pattern.count else { return nil }
    let first = entry.startIndex
    return (0...(entry.count - pattern.count)).first { start in
      pattern.indices.allSatisfy { pattern[$0] == entry[first + start + $0] || (folds && pattern[$0] == lower(entry[first + start + $0])) }
    }
  }

  private static func lower(_ value: UInt32) -> UInt32 {
    if value < 128 { return (65..<91).contains(value) ? value + 32 : value }
    guard let mapped = Unicode.Scalar(value)?.properties.lowercaseMapping.unicodeScalars, mapped.count == 1, let first = mapped.first else { return value }
    return first.value
  }
}
