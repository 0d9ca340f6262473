public import SecretSafeAPI

/// The name of a run: when it was made, in UTC, and four letters that tell it from others of that second, as `20261128-125500-k3f9`. Names sort as
/// their times do.
public struct RunID: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// None of them is taken for another one.
  private static let letters = Array("23456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let form = "00000000-000000-aaaa"

  public let description: String

  public init(at moment: Timestamp) {
    var generator = SystemRandomNumberGenerator()
    self.init(at: moment, using: &generator)
  }

  public init(at moment: Timestamp, using generator: inout some RandomNumberGenerator) {
    let second = moment.description.utf8.prefix(19).compactMap { byte -> UInt8? in
      switch byte {
      case UInt8(ascii: "T"): UInt8(ascii: "-")
      case UInt8(ascii: "0")...UInt8(ascii: "9"): byte
      default: nil
      }
    }
    let end = (0..<4).map { _ in Self.letters[Int.random(in: Self.letters.indices, using: &generator)] }
    description = String(decoding: second + [UInt8(ascii: "-")] + end, as: UTF8.self)
  }

  /// Nil for what is no name of a run.
  public init?(_ text: String) {
    guard text.utf8.count == Self.form.utf8.count else { return nil }
    for (byte, form) in zip(text.utf8, Self.form.utf8) {
      let fits =
        switch form {
        case UInt8(ascii: "0"): UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
        case UInt8(ascii: "a"): Self.letters.contains(byte)
        default: byte == form
        }
      guard fits else { return nil }
    }
    description = text
  }

  /// Whether a person may mean it: by how it begins, or by its letters.
  func isMeant(by text: String) -> Bool { !text.isEmpty && (description.hasPrefix(text) || (text.utf8.count == 4 && description.hasSuffix(text))) }

  /// Whether both are of one second.
  func isOfSecond(_ other: RunID) -> Bool { description.utf8.dropLast(5).elementsEqual(other.description.utf8.dropLast(5)) }

  public static func < (a: RunID, b: RunID) -> Bool { a.description < b.description }
}
