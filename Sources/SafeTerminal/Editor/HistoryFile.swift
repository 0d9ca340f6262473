internal import Glibc
internal import SafeSystem

/// The history between runs: one entry a line, only for its owner.
struct HistoryFile {
  let path: String

  func load() -> [String] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &chunk, chunk.count)
      if count <= 0 { break }
      bytes += chunk.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(EntryHistory.maximumEntries).map { HistoryText.entry($0) }
  }

  /// Adds an entry in one write, so that two shells at once do not mix theirs. What cannot be kept is not worth an error.
  func append(_ entry: String) {
    try? PrivateFolder.make(String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)))
    let file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    fchmod(file, 0o600)
    Terminal.write(HistoryText.line(entry), to: file)
    close(file)
  }
}
