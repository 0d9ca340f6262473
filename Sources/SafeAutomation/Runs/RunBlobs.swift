internal import Glibc
public import SafeLanguage
internal import SafeSystem
internal import Synchronization

/// Files of a run that are written once and then only read: copies of its inputs. Each has a number for its name.
public final class RunBlobs: Sendable {
  private let run: RunFolder
  private let last: Mutex<Int>

  static let folder = "inputs"

  /// Goes on behind what is there.
  public init(of run: RunFolder) throws(RunStoreError) {
    self.run = run
    let folder = "\(run.path)/\(Self.folder)"
    do {
      try PrivateFolder.make(folder)
      try FolderContents.sync(run.path)
      last = Mutex(try FolderContents.names(in: folder).compactMap { Int($0) }.max() ?? 0)
    } catch { throw RunStoreError(folder, error) }
  }

  /// Keeps what `contents` hands to its sink, and returns when it is on disk. Its name is `inputs/1`, with which `RunFolder.open` finds it.
  public func keep(_ contents: (@escaping SaveSink) throws(RunError) -> Void) throws(RunError) -> String {
    let number = last.withLock { last in
      last += 1
      return last
    }
    let name = "\(Self.folder)/\(number)"
    let path = "\(run.path)/\(name)"
    let file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Self.failure(path, .last) }
    defer { close(file) }
    try contents { bytes throws(RunError) in
      do throws(SystemFailure) { try FileReplacement.write(bytes, to: file) } catch { throw Self.failure(path, error) }
    }
    if fsync(file) != 0 { throw Self.failure(path, .last) }
    do { try FolderContents.sync("\(run.path)/\(Self.folder)") } catch { throw Self.failure(path, error) }
    return name
  }

  public func keep(_ bytes: [UInt8]) throws(RunError) -> String { try keep { sink throws(RunError) in try sink(bytes) } }

  /// Copies an input part by part: what the run sees later is what it saw first, whatever becomes of the file.
  public func keep(_ source: InputSource) throws(RunError) -> String {
    try keep { sink throws(RunError) in
      while true {
        let part = try source.part(256 << 10)
        if part.isEmpty { return }
        try sink(part)
      }
    }
  }

  private static func failure(_ path: String, _ reason: SystemFailure) -> RunError { RunError(.file, "'\(path)' cannot be written: \(reason)") }
}

extension RunFolder {
  /// A file that was kept, to be read part by part.
  public func open(_ name: String) throws(RunError) -> InputSource {
    let path = "\(path)/\(name)"
    let file = KeptFile(path)
    guard file.descriptor >= 0 else { throw RunError(.file, "'\(path)' cannot be read: \(SystemFailure.last)") }
    return InputSource { memory throws(RunError) in
      while true {
        let count = Glibc.read(file.descriptor, memory.baseAddress, memory.count)
        if count >= 0 { return count }
        if errno != EINTR { throw RunError(.file, "'\(path)' cannot be read: \(SystemFailure.last)") }
      }
    }
  }

  private final class KeptFile {
    let descriptor: Int32

    init(_ path: String) { descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC) }

    deinit {
      if descriptor >= 0 { close(descriptor) }
    }
  }
}
