/// Takes bytes as they come and gives the messages in them: a head with `Content-Length`, an empty line, and that many bytes.
struct MessageReader {
  /// A larger message is refused; a script has at most 16 MiB, and JSON may write a byte as six.
  static let maximumLength = 128 << 20
  static let maximumHead = 8 << 10

  enum Event {
    case message([UInt8])
    /// What could not be read; what follows is looked at again.
    case malformed(String)
  }

  private var buffer: [UInt8] = []
  private var start = 0
  /// Bytes of a message that is too large, still to come.
  private var skipping = 0

  mutating func add(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

  /// The next message, or nil until more bytes come.
  mutating func next() -> Event? {
    defer { compact() }
    if skipping > 0 {
      let count = min(skipping, buffer.count - start)
      start += count
      skipping -= count
      if skipping > 0 { return nil }
    }
    guard let end = headEnd() else {
      guard buffer.count - start > Self.maximumHead else { return nil }
      start = buffer.count
      return .malformed("a head has at most \(Self.maximumHead) bytes")
    }
    guard let length = length(String(decoding: buffer[start..<end.lowerBound], as: UTF8.self)) else {
      start = end.upperBound
      return .malformed("a head needs 'Content-Length' and a number")
    }
    guard length <= Self.maximumLength else {
      start = end.upperBound
      skipping = length
      return .malformed("a message has at most \(Self.maximumLength) bytes")
    }
    guard buffer.count - end.upperBound >= length else { return nil }
    start = end.upperBound + length
    return .message(Array(buffer[end.upperBound..<start]))
  }

  /// The empty line; a bare line feed is taken for a line end, too.
  private func headEnd() -> Range<Int>? {
    var index = start
    while index < buffer.count, index - start <= Self.maximumHead {
      if buffer[index] == UInt8(ascii: "\n") {
        if index + 1 < buffer.count, buffer[index + 1] == UInt8(ascii: "\n") { return index..<(index + 2) }
        if index + 2 < buffer.count, buffer[index + 1] == UInt8(ascii: "\r"), buffer[index + 2] == UInt8(ascii: "\n") { return index..<(index + 3) }
      }
      index += 1
    }
    return nil
  }

  private func length(_ head: String) -> Int? {
    for line in head.split(whereSeparator: { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      let number = parts[1].drop { $0 == " " }
      return number.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(number) : nil
    }
    return nil
  }

  private mutating func compact() {
    guard start > 1 << 16 || start == buffer.count else { return }
    buffer.removeFirst(start)
    start = 0
  }

  static func framed(_ message: JSON) -> [UInt8] {
    let body = message.bytes
    return Array("Content-Length: \(body.count)\r\n\r\n".utf8) + body
  }
}
