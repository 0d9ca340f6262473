internal import SafeSystem
internal import SecretSafeAPI

/// How far `safesh watch` has come with a script on an organization: where the next window begins, and which events behind that were seen already.
public struct WatchCheckpoint: Sendable, Equatable {
  static let version = 1
  /// Events may arrive so late; in microseconds.
  public static let overlap = 600_000_000

  /// Where the next window begins, in microseconds since 1970.
  public private(set) var first: Int
  private(set) var seen: [EventMark: Int] = [:]
  /// Whether a run has succeeded; before that it is where the first one begins.
  public private(set) var isAfterRun = false

  /// No run has succeeded yet.
  public init(first: Int) { self.first = first }

  /// After a run that saw a window and succeeded. What lies further back than events may come late is done with.
  ///
  /// - Parameter read: when the run began to read.
  public init(after window: EventWindow, read: Int) {
    first = max(window.first, min(window.last + 1, read - Self.overlap))
    seen = window.seen(from: first)
    isAfterRun = true
  }

  // MARK: the file

  /// Where checkpoints are kept, by script and organization.
  public struct Place: Sendable {
    /// The script's absolute path.
    public let script: String
    /// The organization: its server's address and the client id.
    public let organization: String
    public let path: String

    public init(folder: String, script: String, organization: String) {
      self.script = script
      self.organization = organization
      let name = script.split(separator: "/").last.map(String.init) ?? "script"
      path = "\(folder)/\(name)-\(Digest.text(Digest.of(Array("\(script)\u{0}\(organization)".utf8)))).json"
    }
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// What is kept; nil if nothing is.
  public init?(at place: Place) throws(Failure) {
    do {
      guard let bytes = try WholeFile.readIfThere(place.path) else { return nil }
      try self.init(json: bytes, place)
    } catch let problem as FieldProblem {
      throw Failure(description: "\(place.path): \(problem); remove the file to begin with --since")
    } catch { throw Failure(description: "\(place.path): \(error)") }
  }

  public func write(to place: Place) throws(Failure) {
    do {
      let file = try FileReplacement(of: place.path, mode: .exactly(0o600))
      try file.write(json(place))
      try file.finish()
    } catch { throw Failure(description: "\(place.path): \(error)") }
  }

  private func json(_ place: Place) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("version", Self.version)
      object.member("script", place.script)
      object.member("organization", place.organization)
      object.member("first", Timestamp(microseconds: Int64(first)))
      guard isAfterRun else { return }
      object.key("seen")
      object.array(seen.sorted { ($0.key.moment, $0.key.digest) < ($1.key.moment, $1.key.digest) }) { writer, entry in
        writer.object {
          $0.member("date", Timestamp(microseconds: Int64(entry.key.moment)))
          $0.member("digest", Digest.text(entry.key.digest))
          $0.member("count", entry.value)
        }
      }
    }
    return writer.bytes + [UInt8(ascii: "\n")]
  }

  private init(json bytes: [UInt8], _ place: Place) throws(FieldProblem) {
    let fields = try StrictFields.file(bytes, version: Self.version, ["script", "organization", "first", "seen"])
    guard try fields.text("script") == place.script, try fields.text("organization") == place.organization else {
      throw FieldProblem("$", "it is of another script or organization")
    }
    first = Int(try fields.time("first").microseconds)
    isAfterRun = fields.value("seen") != nil
    let entries = try fields.list("seen") { value, path throws(FieldProblem) in
      let entry = try StrictFields(value, path, ["date", "digest", "count"])
      guard let digest = UInt64(try entry.text("digest"), radix: 16) else { throw FieldProblem(entry.place("digest"), "hexadecimal digits are expected") }
      return (EventMark(moment: Int(try entry.time("date").microseconds), digest: digest), try entry.count("count"))
    }
    seen = Dictionary(entries) { $0 + $1 }
  }
}
