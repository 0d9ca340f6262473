internal import Foundation
internal import SafeLanguage

/// Paths that begin with what was typed.
enum FileNames {
  /// Nobody looks through more.
  private static let most = 200

  static func beginning(_ text: String) -> [Completer.Candidate] {
    let folder = text.lastIndex(of: "/").map { String(text[...$0]) } ?? ""
    let name = text.dropFirst(folder.count)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
    let found = names.filter { $0.hasPrefix(name) && (name.hasPrefix(".") || !$0.hasPrefix(".")) }.sorted().prefix(most)
    return found.map { name in
      var facts = stat()
      guard stat(folder + name, &facts) == 0 else { return Completer.Candidate(text: folder + name, help: "") }
      let isFolder = facts.st_mode & S_IFMT == S_IFDIR
      return Completer.Candidate(text: folder + name + (isFolder ? "/" : ""), help: isFolder ? "folder" : size(Int(facts.st_size)))
    }
  }

  private static func size(_ bytes: Int) -> String {
    bytes < 1_000 ? "\(bytes) bytes" : bytes < 1_000_000 ? "\(bytes / 1_000) kB" : "\(bytes / 1_000_000) MB"
  }
}
