internal import Foundation
internal import Glibc
internal import SafeLanguage
internal import SafeSystem

/// Files that a script reads, and standard input as `-`.
enum InputFiles {
  /// Used files stand where the file that uses them says; what comes from no file sees them from the working directory.
  static let loader = SourceLoader { path, user throws(RunError) in try used(path, by: user) }

  /// The file that another one uses.
  static func used(_ path: String, by user: SourceFile) throws(RunError) -> SourceFile {
    let full = place(of: path, from: user)
    return SourceFile(name: full, bytes: try read(full))
  }

  /// Where a used file is, as its messages name it.
  static func place(of path: String, from user: SourceFile) -> String {
    let base = ["-c", "prompt", "standard input"].contains(user.name) ? "" : (user.name as NSString).deletingLastPathComponent
    return ((path.hasPrefix("/") || base.isEmpty ? path : base + "/" + path) as NSString).standardizingPath
  }

  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// That a file is not there, with the one in its folder that may be meant.
  static func missing(_ path: String) -> String {
    let text = "there is no file '\(path)'"
    if path.hasPrefix("~") { return text + "; '~' is no folder here, write its path in full" }
    let folder = (path as NSString).deletingLastPathComponent
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []).prefix(mostNames).sorted()
    guard let nearest = nearest(to: (path as NSString).lastPathComponent, among: names) else { return text }
    return text + ", did you mean '\((folder as NSString).appendingPathComponent(nearest))'?"
  }

  /// An ending that is right says nothing of how near the rest is.
  private static func nearest(to name: String, among names: [String]) -> String? {
    let (ending, stem) = ((name as NSString).pathExtension, (name as NSString).deletingPathExtension)
    let alike = names.filter { ($0 as NSString).pathExtension == ending }.map { ($0 as NSString).deletingPathExtension }
    if let nearest = Suggestion.nearest(to: stem, among: alike) { return ending.isEmpty ? nearest : "\(nearest).\(ending)" }
    return Suggestion.nearest(to: name, among: names.filter { ($0 as NSString).pathExtension != ending })
  }

  /// Nobody waits for a suggestion out of more.
  private static let mostNames = 10_000

  /// All bytes of a file.
  static func read(_ path: String) throws(RunError) -> [UInt8] { try open(path).rest() ?? [] }

  /// Opens a file to be read part by part; it is closed when nobody holds it any more.
  static func open(_ path: String) throws(RunError) -> InputSource {
    let file = try OpenFile(path)
    return InputSource { memory throws(RunError) in
      while true {
        let count = Glibc.read(file.descriptor, memory.baseAddress, memory.count)
        if count >= 0 { return count }
        if errno == EISDIR { throw RunError(.file, "'\(path)' is a folder") }
        if errno != EINTR { throw RunError(.file, "\(path == "-" ? "standard input" : "'\(path)'") cannot be read: \(String(cString: strerror(errno)))") }
      }
    }
  }

  private final class OpenFile {
    let descriptor: Int32

    init(_ path: String) throws(RunError) {
      if path == "-" {
        descriptor = STDIN_FILENO
        return
      }
      descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
      let failure = errno
      if descriptor < 0, failure == ENOENT { throw RunError(.file, InputFiles.missing(path)) }
      if descriptor < 0 { throw RunError(.file, "'\(path)' cannot be read: \(String(cString: strerror(failure)))") }
      posix_fadvise(descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    }

    deinit {
      if descriptor > STDERR_FILENO { close(descriptor) }
    }
  }
}

/// Files that a script replaces, and standard output as `-`.
enum OutputFiles {
  /// Replaces a file when what is written is whole and on disk; it keeps its mode, where none is said. What is no regular file, such as `/dev/null`, is written to.
  static func save(
    _ path: String, mode: FileReplacement.Mode = .kept, toOutput: @escaping @Sendable (String) -> Void, _ contents: (@escaping SaveSink) throws(RunError) -> Void
  ) throws(RunError) {
    if path == "-" { return try contents { toOutput(String(decoding: $0, as: UTF8.self)) } }
    let type = (try? FileManager.default.attributesOfItem(atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path))?[.type] as? FileAttributeType
    if type == .typeDirectory { throw RunError(.file, "'\(path)' is a folder") }
    if let type, type != .typeRegular {
      let file = Glibc.open(path, O_WRONLY | O_CLOEXEC)
      guard file >= 0 else { throw failure(path, .last) }
      defer { close(file) }
      return try contents { bytes throws(RunError) in try telling(path) { () throws(SystemFailure) in try FileReplacement.write(bytes, to: file) } }
    }
    let file = try telling(path) { () throws(SystemFailure) in try FileReplacement(of: path, mode: mode) }
    try contents { bytes throws(RunError) in try telling(path) { () throws(SystemFailure) in try file.write(bytes) } }
    try telling(path) { () throws(SystemFailure) in try file.finish() }
  }

  private static func telling<T>(_ path: String, _ body: () throws(SystemFailure) -> T) throws(RunError) -> T {
    do throws(SystemFailure) { return try body() } catch { throw failure(path, error) }
  }

  private static func failure(_ path: String, _ reason: SystemFailure) -> RunError { RunError(.file, "'\(path)' cannot be written: \(reason)") }
}
