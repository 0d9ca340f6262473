public import SafeLanguage
internal import Synchronization

/// The files of a rehearsal: what is read is kept as it was read, and what is saved stays here, where later reads of that path see it.
final class FileOverlay: Sendable {
  private struct State {
    var inputs: [PlannedFile] = []
    var saved: [PlannedFile] = []
    /// The content of each file, by what tells it from others.
    var contents: [String: [UInt8]] = [:]
  }

  private let state = Mutex(State())
  private let identity: @Sendable (String) -> String

  /// `identity` gives the same for all paths of one file.
  init(identity: @escaping @Sendable (String) -> String) { self.identity = identity }

  /// Files that were read, in the order of their first; not those that the script saved before.
  var inputs: [PlannedFile] { state.withLock { $0.inputs } }
  /// Files that would be replaced, with their last content.
  var saved: [PlannedFile] { state.withLock { $0.saved } }

  /// The content of a path, from `read` if the script did not come to it before.
  func open(_ path: String, _ read: () throws(RunError) -> InputSource) throws(RunError) -> InputSource {
    let key = identity(path)
    if let known = state.withLock({ $0.contents[key] }) { return InputSource(bytes: known) }
    let bytes = try read().rest() ?? []
    let file = try PlannedFile(path: path, bytes: bytes)
    state.withLock { state in
      state.inputs.append(file)
      state.contents[key] = bytes
    }
    return InputSource(bytes: bytes)
  }

  func save(_ path: String, _ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) {
    let bytes = try Self.bytes(of: contents)
    let file = try PlannedFile(path: path, bytes: bytes)
    let key = identity(path)
    state.withLock { [identity] state in
      state.saved.removeAll { identity($0.path) == key }
      state.saved.append(file)
      state.contents[key] = bytes
    }
  }

  /// What is handed to the sink, whole.
  static func bytes(of contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> [UInt8] {
    let parts = Parts()
    try contents { bytes throws(RunError) in parts.bytes += bytes }
    return parts.bytes
  }

  private final class Parts { var bytes: [UInt8] = [] }
}

/// A file as a rehearsal saw it.
public struct PlannedFile: Sendable {
  public let path: String
  public let bytes: [UInt8]
  /// The SHA-256 of the content as hexadecimal digits.
  public let digest: String

  public init(path: String, bytes: [UInt8]) throws(RunError) {
    self.path = path
    self.bytes = bytes
    digest = try SHA256.hexadecimal(bytes)
  }
}
