internal import Glibc

/// The environment that this process was started with.
public enum ProcessEnvironment {
  /// One variable of it. To copy all of them for the sake of one takes as long as a small script.
  public static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
