internal import Glibc
internal import SafeSystem

/// The history between runs: one entry a line, only for its owner. What cannot be kept is not worth an error.
struct HistoryFile {
  let path: String

  /// The latest entries. A file that has grown to twice as many is cut to them.
  func load() -> HistoryLines {
    guard let bytes = try? WholeFile.read(path) else { return HistoryLines() }
    let (lines, all) = HistoryLines.latest(EntryHistory.maximumEntries, of: bytes)
    if all > 2 * EntryHistory.maximumEntries { replace(by: lines) }
    return lines
  }

  private func replace(by lines: HistoryLines) {
    guard let first = lines.places.first, let file = try? FileReplacement(of: path, mode: .exactly(0o600)) else { return }
    guard (try? file.write(Array(lines.bytes[first.lowerBound...]) + (lines.bytes.last == 10 ? [] : [10]))) != nil else { return }
    try? file.finish()
  }

  /// Adds an entry in one write, so that two shells at once do not mix theirs; gives the place of its line.
  func append(_ entry: HistoryEntry) -> off_t? {
    try? PrivateFolder.make(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    let file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    fchmod(file, 0o600)
    let line = HistoryLine.line(entry)
    guard Terminal.write((endsInALine(file) ? "" : "\n") + line, to: file) else { return nil }
    let end = lseek(file, 0, SEEK_CUR)
    return end < 0 ? nil : end - off_t(line.utf8.count)
  }

  /// Not so where a write was torn: what is left of that entry stays one of its own.
  private func endsInALine(_ file: Int32) -> Bool {
    let end = lseek(file, 0, SEEK_END)
    var last: UInt8 = 10
    return end <= 0 || pread(file, &last, 1, end - 1) != 1 || last == 10
  }

  /// Writes what came of an entry into its line, unless another shell has cut the file meanwhile.
  func note(_ outcome: String, of entry: HistoryEntry, at place: off_t) {
    guard let time = entry.time else { return }
    let file = open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    let expected = Array(HistoryLine.line(entry).utf8.prefix(512))
    var found = [UInt8](repeating: 0, count: expected.count)
    guard pread(file, &found, found.count, place) == found.count, found == expected else { return }
    let field = Array(HistoryLine.outcome(outcome).utf8)
    _ = pwrite(file, field, field.count, place + off_t(time.utf8.count + 1))
  }
}

/// The lines of a history file as they are there, the latest last. Only their texts are wanted before the first prompt; the rest is read when
/// somebody asks.
struct HistoryLines {
  fileprivate(set) var bytes: [UInt8] = []
  fileprivate(set) var places: [Range<Int>] = []

  /// So many at most, and how many there are in all.
  static func latest(_ most: Int, of bytes: [UInt8]) -> (lines: HistoryLines, all: Int) {
    var places: [Range<Int>] = []
    bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      var start = 0
      while start < bytes.count {
        let end = memchr(base + start, 10, bytes.count - start).map { UnsafeRawPointer($0) - base } ?? bytes.count
        if end > start { places.append(start..<end) }
        start = end + 1
      }
    }
    return (HistoryLines(bytes: bytes, places: Array(places.suffix(most))), places.count)
  }

  var entries: [HistoryEntry] { places.map { HistoryLine.entry(bytes[$0]) } }
}
