internal import Glibc
internal import SafeSystem

/// The history between runs: one entry a line, only for its owner. What cannot be kept is not worth an error.
struct HistoryFile {
  let path: String

  /// The latest entries. A file that has grown to twice as many is cut to them.
  func load() -> [HistoryEntry] {
    guard let bytes = try? WholeFile.read(path) else { return [] }
    let lines = bytes.split(separator: 10)
    let kept = lines.suffix(EntryHistory.maximumEntries)
    if lines.count > 2 * EntryHistory.maximumEntries { replace(by: kept) }
    return kept.map { HistoryLine.entry(Substring(String(decoding: $0, as: UTF8.self))) }
  }

  private func replace(by lines: some Sequence<ArraySlice<UInt8>>) {
    guard let file = try? FileReplacement(of: path, mode: .exactly(0o600)) else { return }
    guard (try? file.write(lines.flatMap { $0 + [10] })) != nil else { return }
    try? file.finish()
  }

  /// Adds an entry in one write, so that two shells at once do not mix theirs; gives the place of its line.
  func append(_ entry: HistoryEntry) -> off_t? {
    try? PrivateFolder.make(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return nil }
    defer { close(file) }
    fchmod(file, 0o600)
    let line = HistoryLine.line(entry)
    guard Terminal.write(line, to: file) else { return nil }
    let end = lseek(file, 0, SEEK_CUR)
    return end < 0 ? nil : end - off_t(line.utf8.count)
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
