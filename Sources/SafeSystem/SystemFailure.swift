internal import Glibc

/// Why the system did not do something.
public struct SystemFailure: Error, Hashable, CustomStringConvertible {
  /// An `errno`.
  public let code: Int32

  public init(_ code: Int32) { self.code = code }

  /// What the last call left in `errno`.
  public static var last: SystemFailure { SystemFailure(errno) }

  public var description: String { strerror(code).map { String(cString: $0) } ?? "error \(code)" }
}
