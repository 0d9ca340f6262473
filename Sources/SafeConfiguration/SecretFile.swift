internal import Glibc

/// A file that holds a secret and that only its owner can read.
public enum SecretFile {
  /// Bytes; a secret has 30.
  public static let limit = 1 << 16

  public static func read(_ path: String, home: String?) throws(ConfigurationError) -> String {
    let path = FilePath.expanded(path, home: home)
    func failure(_ text: String) -> ConfigurationError { ConfigurationError("the file of the secret, '\(path)', \(text)") }
    // Opening a pipe would wait for somebody to write.
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
    defer { close(file) }
    var facts = stat()
    guard fstat(file, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw failure("is no file") }
    guard facts.st_uid == geteuid() else { throw failure("belongs to somebody else; take one of your own") }
    guard facts.st_mode & 0o077 == 0 else {
      throw failure("can be read by others (mode 0\(String(facts.st_mode & 0o777, radix: 8))): chmod 600 \(ShellText.quoted(path))")
    }
    guard facts.st_size <= limit else { throw failure("is over \(limit >> 10) KiB, so it holds no secret") }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = Glibc.read(file, &bytes, bytes.count)
    guard count >= 0 else { throw failure("cannot be read: \(String(cString: strerror(errno)))") }
    guard let text = SecretText.line(of: bytes[..<count]) else { throw failure("holds no line of text") }
    guard !text.isEmpty else { throw failure("is empty") }
    return text
  }
}

/// A secret as files and commands give it.
public enum SecretText {
  /// Without the line's end; nil if it is no text or more than a line.
  public static func line(of bytes: some Sequence<UInt8>) -> String? {
    var bytes = Array(bytes)
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.contains(where: { $0 < 32 || $0 == 127 }) else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }
}

public enum FilePath {
  public static func expanded(_ path: String, home: String?) -> String {
    guard path.hasPrefix("~/"), let home else { return path }
    return home + path.dropFirst()
  }
}

enum ShellText {
  /// A word as a shell reads it back.
  static func quoted(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 | 32 >= 97 && $0 | 32 <= 122) || "/._-+@%".utf8.contains($0) }
    return isPlain && !word.isEmpty ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
