import Hummingbird
import NIOCore
import SecretSafeAPI
import SecretSafeStore

/// A list as it is read: what is in memory at once is one part, however long the list is.
struct ListStream<Element: JSONWritable & Sendable>: Sendable {
  /// Elements of one part: some 150 KB of members.
  static var partSize: Int { 500 }

  typealias Source = @Sendable (_ snapshot: Snapshot, _ row: Int64, _ limit: Int) throws -> Part<Element>

  let reading: Reading
  let source: Source

  /// The first part is read before anything is sent, so that what fails is an error of its own; a list that ends with it is sent whole.
  func response() throws -> Response {
    let first = try part(after: 0)
    let beginning = JSONWriter.listStart + bytes(first.elements)
    guard first.elements.count == Self.partSize, let last = first.last else { return .json(beginning + JSONWriter.listEnd) }
    return Response(
      status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(bytes: beginning))
        var row: Int64? = last
        while let from = row {
          let part = try part(after: from)
          if !part.elements.isEmpty { try await writer.write(ByteBuffer(bytes: [UInt8(ascii: ",")] + bytes(part.elements))) }
          row = part.elements.count == Self.partSize ? part.last : nil
        }
        try await writer.write(ByteBuffer(bytes: JSONWriter.listEnd))
        try await writer.finish(nil)
      })
  }

  private func part(after row: Int64) throws -> Part<Element> {
    try reading.read { try source($0, row, Self.partSize) }
  }

  /// The elements with commas between them.
  private func bytes(_ elements: [Element]) -> [UInt8] {
    var writer = JSONWriter(reserving: 256 * elements.count)
    for element in elements { element.write(to: &writer) }
    return writer.bytes
  }
}

extension JSONWriter {
  /// What stands around the elements of a list (`api.md` 2.3).
  fileprivate static let listStart = Array(#"{"object":"list","data":["#.utf8)
  fileprivate static let listEnd = Array("]}".utf8)
}

extension Call {
  /// Answers with a list of this organization's.
  func list<Element: JSONWritable & Sendable>(_ source: @escaping ListStream<Element>.Source) throws -> Response {
    try ListStream(reading: store.reading(grant.organization), source: source).response()
  }
}
