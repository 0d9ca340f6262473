/// Counts the records of a list while its JSON comes in: the objects in the array of the outermost object.
struct RecordCounter {
  private var depth = 0
  private var isInText = false
  private var isEscaped = false

  /// How many begin in this part.
  mutating func count(_ bytes: some Sequence<UInt8>) -> Int {
    var found = 0
    for byte in bytes {
      if isEscaped {
        isEscaped = false
      } else if isInText {
        if byte == UInt8(ascii: "\"") { isInText = false } else if byte == UInt8(ascii: "\\") { isEscaped = true }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          if depth == 2, byte == UInt8(ascii: "{") { found += 1 }
          depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
        default: break
        }
      }
    }
    return found
  }
}
