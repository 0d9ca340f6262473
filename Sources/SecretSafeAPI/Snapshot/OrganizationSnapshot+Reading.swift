extension OrganizationSnapshot {
  /// Everything that is wrong with a file, each with its place: `$.members[3].status`, or a line and a character.
  public struct ReadingError: Error, Hashable, CustomStringConvertible {
    public let problems: [SnapshotProblem]
    public var description: String { problems.map(\.description).joined(separator: "\n") }
  }

  /// Reads a file strictly: a member that the format does not know, a wrong type, or a reference to nothing is an error. What is
  /// left out is null, false or empty; only ids, addresses, names, statuses and types have to be there.
  public init(json bytes: [UInt8]) throws(ReadingError) {
    let value: JSONValue
    do throws(JSONReader.Problem) { value = try JSONReader.read(bytes) } catch {
      throw ReadingError(problems: [SnapshotProblem(SnapshotProblem.place(of: error.offset, in: bytes), "no JSON: \(error.text)")])
    }
    var reader = SnapshotReader()
    guard let snapshot = reader.snapshot(value), reader.problems.isEmpty else { throw ReadingError(problems: reader.problems) }
    self = snapshot
  }
}

/// One thing that is wrong with a snapshot.
public struct SnapshotProblem: Hashable, Sendable, CustomStringConvertible {
  /// A JSON path, or `LINE:CHARACTER` where the text is no JSON.
  public let place: String
  public let text: String
  public var description: String { "\(place): \(text)" }

  init(_ place: String, _ text: String) {
    self.place = place
    self.text = text
  }

  /// Line and character from 1.
  fileprivate static func place(of offset: Int, in bytes: [UInt8]) -> String {
    let before = bytes.prefix(offset)
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let line = before.count { $0 == UInt8(ascii: "\n") } + 1
    return "\(line):\(String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1)"
  }
}
