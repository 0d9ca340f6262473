#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Goes through the bytes of a text, which may be as long as a file, and looks part by part whether to stop.
enum TextScan {
  /// Bytes between looks: less than a millisecond of the dearest work.
  private static let part = 256 << 10

  /// The bytes of a text, for work that may be stopped.
  static func bytes<T>(of text: String, _ body: (UnsafeRawBufferPointer) throws(RunError) -> T) throws(RunError) -> T {
    var text = text
    let result: Result<T, RunError> = text.withUTF8 { bytes in
      do throws(RunError) { return .success(try body(UnsafeRawBufferPointer(bytes))) } catch { return .failure(error) }
    }
    return try result.get()
  }

  /// Where a part is first, from a place on.
  static func first(of mark: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int = 0) throws(RunError) -> Int? {
    guard let first = mark.first else { return start }
    // A part that is met again and again up to its end would otherwise be compared anew from each place.
    if mark.count > 8, (text.count - start).multipliedReportingOverflow(by: mark.count).partialValue > part { return try skipping(mark, in: text, from: start) }
    var at = start
    var looked = start
    while at + mark.count <= text.count, let base = text.baseAddress, let found = memchr(base + at, Int32(first), text.count - mark.count + 1 - at) {
      at = UnsafeRawPointer(found) - base
      if TextOrder.equal(UnsafeRawBufferPointer(rebasing: text[at..<at + mark.count]), mark) { return at }
      at += 1
      if at - looked >= part {
        looked = at
        try Interruption.check()
      }
    }
    return nil
  }

  /// The same by Knuth, Morris and Pratt: each byte of the text is looked at once.
  private static func skipping(_ mark: UnsafeRawBufferPointer, in text: UnsafeRawBufferPointer, from start: Int) throws(RunError) -> Int? {
    // For each beginning of the part the longest shorter one that it ends with.
    var shorter: [Int32] = [0]
    shorter.reserveCapacity(mark.count)
    var length = 0
    for at in 1..<mark.count {
      while length > 0, mark[at] != mark[length] { length = Int(shorter[length - 1]) }
      if mark[at] == mark[length] { length += 1 }
      shorter.append(Int32(truncatingIfNeeded: length))
      if at & (part - 1) == 0 { try Interruption.check() }
    }
    length = 0
    for at in start..<max(start, text.count) {
      while length > 0, text[at] != mark[length] { length = Int(shorter[length - 1]) }
      if text[at] == mark[length] { length += 1 }
      if length == mark.count { return at - length + 1 }
      if at & (part - 1) == 0 { try Interruption.check() }
    }
    return nil
  }

  /// How many characters (code points) stand in some bytes.
  static func length(_ bytes: UnsafeRawBufferPointer) throws(RunError) -> Int {
    var count = 0
    for start in stride(from: 0, to: bytes.count, by: part) {
      if start > 0 { try Interruption.check() }
      count += characters(bytes, start, min(start + part, bytes.count))
    }
    return count
  }

  /// Eight bytes at a time: a byte that goes on a character has its highest bit and not the next.
  private static func characters(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
    var (at, others) = (start, 0)
    while at + 8 <= end {
      let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
      others &+= (word >> 7 & ~(word >> 6) & 0x0101_0101_0101_0101).nonzeroBitCount
      at &+= 8
    }
    while at < end {
      if bytes[at] & 0xc0 == 0x80 { others &+= 1 }
      at &+= 1
    }
    return end - start - others
  }

  static func length(_ text: String) throws(RunError) -> Int {
    try bytes(of: text) { bytes throws(RunError) in try length(bytes) }
  }

  /// The byte at which the character of a number begins, or the end.
  static func offset(of character: Int, in bytes: UnsafeRawBufferPointer) throws(RunError) -> Int {
    var left = character
    for start in stride(from: 0, to: bytes.count, by: part) {
      if start > 0 { try Interruption.check() }
      let end = min(start + part, bytes.count)
      let count = characters(bytes, start, end)
      if count <= left {
        left -= count
        continue
      }
      for at in start..<end where bytes[at] & 0xc0 != 0x80 {
        if left == 0 { return at }
        left -= 1
      }
    }
    return bytes.count
  }

  /// A text made of another part by part, each at the bounds of characters; what is made must not hang on what stands around.
  static func mapped(_ text: String, _ body: (String) -> String) throws(RunError) -> String {
    let result = try inParts(text, body)
    try Limits.require(bytes: result.utf8.count)
    return result
  }

  /// The same, however long it becomes.
  static func inParts(_ text: String, _ body: (String) -> String) throws(RunError) -> String {
    if text.utf8.count <= part { return body(text) }
    return try bytes(of: text) { bytes throws(RunError) in
      var result = ""
      var start = 0
      while start < bytes.count {
        try Interruption.check()
        var end = min(start + part, bytes.count)
        while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        result += body(String(decoding: bytes[start..<end], as: UTF8.self))
        start = end
      }
      return result
    }
  }

  /// A text with each occurrence of a part replaced; by bytes, which is by code points. An empty part is nowhere.
  static func replaced(_ old: String, _ new: String, in text: String) throws(RunError) -> String {
    if old.isEmpty { return text }
    return try bytes(of: text) { text throws(RunError) in
      try bytes(of: old) { old throws(RunError) in
        try bytes(of: new) { new throws(RunError) in
          var (result, start, beat) = ([UInt8](), 0, Beat())
          result.reserveCapacity(text.count)
          while let at = try first(of: old, in: text, from: start) {
            try beat.turn()
            result += text[start..<at]
            result += new
            try Limits.require(bytes: result.count)
            start = at + old.count
          }
          result += text[start...]
          try Limits.require(bytes: result.count)
          return String(decoding: result, as: UTF8.self)
        }
      }
    }
  }

  /// Without white space at both ends. Leaves off where somebody asked to stop, which the caller finds at its next look.
  static func trimmed(_ text: String) -> String {
    let scalars = text.unicodeScalars
    if let first = scalars.first, let last = scalars.last, !isSpace(first), !isSpace(last) { return text }
    var (start, end, turns) = (scalars.startIndex, scalars.endIndex, 0)
    func isAsked() -> Bool {
      turns &+= 1
      return turns & (part / 8 - 1) == 0 && Interruption.isRequested
    }
    while start < end, isSpace(scalars[start]), !isAsked() { start = scalars.index(after: start) }
    while start < end, !isAsked() {
      let before = scalars.index(before: end)
      guard isSpace(scalars[before]) else { break }
      end = before
    }
    return String(scalars[start..<end])
  }

  /// A text so many times, made part by part.
  static func repeated(_ text: String, _ times: Int) throws(RunError) -> String {
    let once = min(times, max(1, part / max(1, text.utf8.count)))
    let many = String(repeating: text, count: once)
    if once == times { return many }
    var result = ""
    result.reserveCapacity(text.utf8.count * times)
    for _ in 0..<times / once {
      try Interruption.check()
      result += many
    }
    result += String(repeating: text, count: times % once)
    return result
  }

  /// Most space is ASCII, whose properties need not be looked up.
  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 128 ? scalar.value == 32 || (9...13).contains(scalar.value) : scalar.properties.isWhitespace
  }
}
