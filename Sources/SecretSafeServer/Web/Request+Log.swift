import Hummingbird

extension Request {
  /// The path as a log may have it: an invitation's link is a secret.
  var loggedPath: String {
    let parts = uri.path.split(separator: "/")
    return parts.first == "join" && parts.count > 1 ? "/join/…" : uri.path
  }
}
