/// The bytes of a file or of standard input, read part by part and once, so that a file of any size needs no memory of its own size.
///
/// Files are read and not mapped: a mapped file that somebody cuts short meanwhile ends the process with SIGBUS.
public final class InputSource {
  private let next: (UnsafeMutableRawBufferPointer) throws(RunError) -> Int

  /// `next` fills the front of the memory and gives how many bytes, 0 at the end.
  public init(_ next: @escaping (UnsafeMutableRawBufferPointer) throws(RunError) -> Int) { self.next = next }

  public convenience init(bytes: [UInt8]) {
    var at = 0
    self.init { memory in
      let count = min(memory.count, bytes.count - at)
      memory.copyBytes(from: bytes[at..<at + count])
      at += count
      return count
    }
  }

  func read(into memory: UnsafeMutableRawBufferPointer) throws(RunError) -> Int { try next(memory) }

  /// The next bytes, up to so many; none at the end.
  public func part(_ size: Int = 64 << 10) throws(RunError) -> [UInt8] {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { memory.deallocate() }
    let count = try next(memory)
    return Array(memory[..<count])
  }

  /// What is left, at once; nil if that is over a limit.
  public func rest(atMost limit: Int = .max) throws(RunError) -> [UInt8]? {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      var failure: RunError?
      let count = part.withUnsafeMutableBytes { memory in
        do throws(RunError) { return try next(memory) } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      if count == 0 { return bytes }
      if bytes.count + count > limit { return nil }
      bytes += part[..<count]
    }
  }
}

/// What an input may have at most, so that none takes all memory or the stack. Far above what is met, and told by name when met.
struct InputLimits: Sendable {
  /// Bytes of one text, one line of CSV or one number.
  var text = 64 << 20
  /// Lists and objects inside one another.
  var depth = 500
  /// Elements of one list, rows of one file that are kept.
  var elements = Limits.elements
  /// Bytes of a YAML document, which is read whole and takes many times its size as a tree.
  var yaml = 64 << 20

  static let standard = InputLimits()
}
