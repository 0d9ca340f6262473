internal import SafeSystem

/// Why a run cannot be found, read, kept or taken up: a text that names the run or its file.
public struct RunStoreError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Kind: Sendable, Hashable {
    /// No run, or more than one, has the name.
    case notFound
    /// Another process works on it.
    case inUse
    /// A file of it does not hold what it should.
    case damaged
    /// The system does not let it be read or written.
    case system
  }

  public let kind: Kind
  public let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  init(_ path: String, _ failure: SystemFailure) { self.init(.system, "\(path): \(failure)") }
}
