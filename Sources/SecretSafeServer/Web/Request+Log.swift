import Hummingbird

extension Request {
  /// The path as a log may have it: an invitation's link is a secret.
  var loggedPath: String {
    let link = uri.path.utf8.drop { $0 == UInt8(ascii: "/") }
    return link.starts(with: "join/".utf8) ? "/join/…" : uri.path
  }
}
