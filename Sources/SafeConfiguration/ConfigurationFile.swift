internal import Glibc
internal import SafeSystem

/// The file of profiles on disk: `$XDG_CONFIG_HOME/safesh/config.yaml`, or `~/.config/safesh/config.yaml`.
public struct ConfigurationFile: Sendable {
  public let path: String

  /// Nil where neither variable names a folder: then there are no profiles.
  public init?(environment: [String: String]) {
    guard let folder = BaseDirectory.config.folder(in: environment) else { return nil }
    path = folder + "/config.yaml"
  }

  /// The folder that paths in the file are seen from.
  public var folder: String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) }

  /// Nil if there is no file.
  public func read() throws(ConfigurationError) -> Configuration? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard file >= 0 else { throw failure("cannot be read") }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0 else { throw failure("cannot be read") }
    guard facts.st_mode & S_IFMT == S_IFREG else { throw ConfigurationError("this is no file", path: path) }
    // It says which command is run and where the key is sent.
    guard facts.st_uid == geteuid() || facts.st_uid == 0 else {
      throw ConfigurationError("the file belongs to somebody else", path: path, hint: "take one of your own")
    }
    guard facts.st_mode & 0o022 == 0 else {
      throw ConfigurationError("others may write to the file", path: path, hint: "chmod 600 \(path)")
    }
    guard let bytes = bytes(of: file) else { throw failure("cannot be read") }
    guard let text = String(validating: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes, as: UTF8.self) else {
      throw ConfigurationError("the file is not UTF-8", path: path, hint: "save it as UTF-8")
    }
    return try Configuration(text, path: path)
  }

  /// Changes the file, whole or not at all, while no other safesh does; an empty one is made if there is none.
  public func change(_ body: (Configuration) throws(ConfigurationError) -> Configuration) throws(ConfigurationError) {
    do throws(SystemFailure) { try PrivateFolder.make(folder) } catch { throw failure("cannot be made", error) }
    let lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else { throw failure("cannot be changed") }
    defer { close(lock) }
    var configuration = try Configuration("", path: path)
    if let present = try read() { configuration = present }
    try write(try body(configuration).text)
  }

  // MARK: the disk

  private func bytes(of file: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= Configuration.limit {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { return nil }
    }
    return bytes
  }

  private func write(_ text: String) throws(ConfigurationError) {
    do throws(SystemFailure) {
      let file = try FileReplacement(of: path, mode: .exactly(0o600))
      try file.write(Array(text.utf8))
      try file.finish()
    } catch { throw failure("cannot be written", error) }
  }

  private func failure(_ what: String, _ reason: SystemFailure = .last) -> ConfigurationError {
    ConfigurationError("the file \(what): \(reason)", path: path)
  }
}
