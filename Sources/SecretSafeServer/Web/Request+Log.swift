import Hummingbird

extension Request {
  /// The path as a log may have it: an invitation's link is a secret.
  var loggedPath: String {
    var path = uri.path
    let isLink = path.withUTF8 { bytes in
      let start = bytes.firstIndex { $0 != UInt8(ascii: "/") } ?? bytes.endIndex
      return bytes[start...].starts(with: "join/".utf8)
    }
    return isLink ? "/join/…" : path
  }
}
