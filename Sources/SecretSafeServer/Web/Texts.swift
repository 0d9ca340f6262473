import FoundationEssentials
import SecretSafeAPI

// How pages write moments and numbers of the API.

extension Timestamp {
  /// `2026-08-11 09:14:52 UTC`
  var pageText: String { clock + " UTC" }

  /// Without the zone, for a column that says it.
  var clock: String { String(description.prefix(19)).replacing("T", with: " ") }

  var day: String { String(description.prefix(10)) }

  /// How long before `now`.
  func age(_ now: Timestamp) -> String {
    let minutes = max(0, now.microseconds - microseconds) / 60_000_000
    return switch minutes {
    case 0: "just now"
    case 1..<120: minutes == 1 ? "a minute ago" : "\(minutes) minutes ago"
    case 120..<2_880: "\(minutes / 60) hours ago"
    default: "\(minutes / 1_440) days ago"
    }
  }
}

extension MemberStatus {
  /// How the mark of it looks.
  var markClass: String {
    switch self {
    case .confirmed: "good"
    case .revoked: "bad"
    case .accepted: "warn"
    default: ""
    }
  }
}

extension String {
  /// Nil if only white space is left of it.
  var given: String? {
    let text = trimmingSpace
    return text.isEmpty ? nil : text
  }

  var trimmingSpace: String {
    let start = drop(while: \.isWhitespace)
    return String(start.prefix(start.count - start.reversed().prefix(while: \.isWhitespace).count))
  }

  /// As a value in an address's query.
  var queryEncoded: String {
    utf8.map { byte in
      let scalar = UnicodeScalar(byte)
      let isPlain = scalar.properties.isAlphabetic && scalar.isASCII || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 95
      return isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

/// A path with those parameters that have a value.
func path(_ path: String, _ parameters: KeyValuePairs<String, String?>) -> String {
  let given = parameters.compactMap { name, value in value.map { "\(name)=\($0.queryEncoded)" } }
  return given.isEmpty ? path : path + "?" + given.joined(separator: "&")
}
