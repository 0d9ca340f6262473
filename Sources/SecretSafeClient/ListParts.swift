/// Where the elements of a list's JSON are, so that they can be decoded a few at a time: a decoder keeps three times the size of what it reads as
/// long as it reads, and a list of members may have tens of megabytes.
struct ListParts {
  /// The list without its elements.
  let frame: [UInt8]
  /// Elements with the commas between them, as ranges of the body.
  let runs: [Range<Int>]

  /// Nil where the body is not an object with one array called `data`: then it has to be read whole, which tells what is wrong with it.
  init?(_ body: [UInt8], elements: Int) {
    guard let found = body.withUnsafeBufferPointer({ Self.scan($0, elements) }) else { return nil }
    frame = body[..<found.array.lowerBound] + Array("[]".utf8) + body[found.array.upperBound...]
    runs = found.runs
  }

  /// The array with its brackets, and what is in it. What is inside of an element is left to the decoder.
  private static func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ elements: Int) -> (array: Range<Int>, runs: [Range<Int>])? {
    var depth = 0
    var (isInText, isEscaped) = (false, false)
    var textStart = 0
    // The last text outside of arrays and objects: a member's name, where a colon follows.
    var name: Range<Int>?
    var isData = false
    var array: Range<Int>?
    var runs: [Range<Int>] = []
    var (start, commas) = (0, 0)
    for index in bytes.indices {
      let byte = bytes[index]
      if isInText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInText = false
          if depth == 1 { name = textStart..<index }
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): (isInText, textStart) = (true, index + 1)
      case UInt8(ascii: ":") where depth == 1: isData = name.map { bytes[$0].elementsEqual("data".utf8) } ?? false
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if depth == 1, isData {
          // Two of a name are the decoder's to judge.
          if array != nil || byte == UInt8(ascii: "{") { return nil }
          array = index..<bytes.count
          start = index + 1
        }
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth == 1, isData, let open = array?.lowerBound {
          // What is broken is the decoder's to find: a comma with nothing behind it would be lost between two runs.
          if byte != UInt8(ascii: "]") || commas > 0 && bytes[start..<index].allSatisfy({ $0 <= UInt8(ascii: " ") }) { return nil }
          array = open..<(index + 1)
          runs.append(start..<index)
          isData = false
        }
      case UInt8(ascii: ",") where depth == 2 && isData:
        commas += 1
        if commas % elements == 0 {
          runs.append(start..<index)
          start = index + 1
        }
      default: break
      }
    }
    guard depth == 0, !isInText, let array, !isData else { return nil }
    return (array, runs)
  }
}
