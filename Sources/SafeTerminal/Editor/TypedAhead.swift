internal import Synchronization

/// What was typed before a question was asked, which is no answer to it: kept for whoever reads the terminal next.
enum TypedAhead {
  private static let bytes = Mutex<[UInt8]>([])

  static func keep(_ more: [UInt8]) { if !more.isEmpty { bytes.withLock { $0 += more } } }

  static func take() -> [UInt8] {
    bytes.withLock { bytes in
      defer { bytes = [] }
      return bytes
    }
  }

  /// The text in such bytes, with a line end for each Enter; nil if there is none.
  static func text(_ bytes: [UInt8]) -> [UInt32]? {
    var reader = KeyReader()
    var text: [UInt32] = []
    for key in bytes.flatMap({ reader.feed($0) }) + reader.timeout() {
      switch key {
      case .character(13), .character(10): text.append(10)
      case .character(127), .character(8): if !text.isEmpty { text.removeLast() }
      case .character(21): text = []
      case .character(let value) where value == 9 || value >= 32: text.append(value)
      case .paste(let pasted): text += pasted
      default: break
      }
    }
    while text.last == 10 { text.removeLast() }
    return text.isEmpty ? nil : text
  }
}
