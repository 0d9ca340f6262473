import FoundationEssentials
import Synchronization

/// Where people reach the server, as `https://safe.example.net`, without a slash at the end.
///
/// Without one that is given it is the server's own, known when it listens.
final class PublicAddress: Sendable {
  private let text: Mutex<String?>

  init(_ text: String? = nil) { self.text = Mutex(text) }

  /// Nil until it is known.
  var url: String? { text.withLock { $0 } }

  /// Whether browsers come by TLS, be it to this server or to a proxy before it.
  var isSecure: Bool { url?.hasPrefix("https://") == true }

  /// The host alone, without a port; nil until it is known.
  var host: String? { url.flatMap(URL.init(string:))?.host }

  func settle(_ own: String) { text.withLock { $0 = $0 ?? own } }

  /// Scheme, host and perhaps a port, as people type it; nil if it holds more or less than that.
  static func normalized(_ text: String) -> String? {
    let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
    guard let url = URL(string: trimmed), let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https", let host = url.host,
      !host.isEmpty, url.path.isEmpty, url.query == nil, url.fragment == nil, url.user == nil
    else { return nil }
    return trimmed
  }
}
