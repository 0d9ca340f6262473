import SecretSafeAPI

/// A mail in the form of RFC 5322, with the line ends of the system, as commands like sendmail want it.
///
/// No text from outside can begin a header or an address of its own: names and subjects are ASCII without control characters or
/// encoded words (RFC 2047), and addresses are taken apart and written anew.
struct MailMessage: Hashable, Sendable {
  var from: Mailbox
  var to: Mailbox
  var subject: String
  var body: String
  var date: Timestamp
  /// What stands between the brackets of `Message-ID`.
  var id: String

  var text: String {
    let headers = [
      "From: \(from.header)", "To: \(to.header)", "Subject: \(Self.encoded(subject, after: 9))", "Date: \(Self.date(date))", "Message-ID: <\(id)>",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "Auto-Submitted: auto-generated",
    ]
    return headers.joined(separator: "\n") + "\n\n" + QuotedPrintable.encode(body)
  }

  /// `Tue, 24 Nov 2026 12:07:25 +0000`
  static func date(_ moment: Timestamp) -> String {
    let text = moment.description
    let parts = text.prefix(10).split(separator: "-")
    let month = parts.count == 3 ? Int(parts[1]) ?? 1 : 1
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let day = Int(moment.microseconds / 86_400_000_000)
    return "\(days[(day % 7 + 7) % 7]), \(parts.last ?? "") \(months[month - 1]) \(parts.first ?? "") \(text.dropFirst(11).prefix(8)) +0000"
  }

  /// A text as it stands in a header, in encoded words where it needs them. `column` is where it begins in its line.
  static func encoded(_ text: String, after column: Int) -> String {
    let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) } && !text.contains("=?") && text.utf8.count + column <= 76 && text.first != " "
    return isPlain ? text : encodedWords(text)
  }

  static func encodedWords(_ text: String) -> String {
    // A word has at most 75 bytes and holds whole characters: 12 are its frame, and 45 bytes become 60.
    var words: [String] = []
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      // Nothing to be seen, and some readers would end the line there.
      let visible = scalar.properties.generalCategory == .control ? " " : scalar
      let next = Array(String(visible).utf8)
      if bytes.count + next.count > (words.isEmpty ? 33 : 45) {
        words.append(word(bytes))
        bytes = []
      }
      bytes += next
    }
    if !bytes.isEmpty { words.append(word(bytes)) }
    return words.joined(separator: "\n ")
  }

  private static func word(_ bytes: [UInt8]) -> String { "=?utf-8?B?\(base64(bytes))?=" }

  private static func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var encoded: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 { encoded.append(place <= group.count ? alphabet[number >> (18 - 6 * place) & 63] : UInt8(ascii: "=")) }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}

/// A person's or program's address with a display name.
struct Mailbox: Hashable, Sendable {
  let name: String?
  let address: String

  /// Nil for an address that cannot be written so that it is one address and nothing else.
  init?(name: String? = nil, address: String) {
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let local = Self.local(parts[0]), Self.isDomain(parts[1]) else { return nil }
    self.name = name.flatMap { $0.isEmpty ? nil : $0 }
    self.address = "\(local)@\(parts[1])"
  }

  var header: String {
    guard let name else { return address }
    // What looks like an encoded word would be read as one.
    if name.utf8.count <= 60, !name.contains("=?") {
      let isAtoms = name.utf8.allSatisfy { Self.isAtomByte($0) || $0 == UInt8(ascii: " ") } && name.first != " "
      if isAtoms { return "\(name) <\(address)>" }
      let isPrintable = name.utf8.allSatisfy { (0x20...0x7e).contains($0) }
      if isPrintable { return "\(Self.quoted(name)) <\(address)>" }
    }
    return "\(MailMessage.encodedWords(name))\n <\(address)>"
  }

  /// As it is where it is made of atoms (of any script), in quotation marks otherwise; nil for what may stand nowhere.
  private static func local(_ text: Substring) -> String? {
    let atoms = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy { isAtomByte($0) || $0 >= 0x80 } }), !hasInvisible(text) { return String(text) }
    guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
    return quoted(text)
  }

  private static func quoted(_ text: some StringProtocol) -> String {
    "\"\(String(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  /// A name, or an address between brackets.
  private static func isDomain(_ text: Substring) -> Bool {
    if text.hasPrefix("["), text.hasSuffix("]") {
      return text.dropFirst().dropLast().utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") }
    }
    return !text.isEmpty && !hasInvisible(text) && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 >= 0x80 }
  }

  private static func hasInvisible(_ text: Substring) -> Bool {
    text.unicodeScalars.contains {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .unassigned, .privateUse: true
      default: false
      }
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }

  private static func isAtomByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte) }
}

/// RFC 2045: lines of at most 76 ASCII characters.
enum QuotedPrintable {
  static func encode(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { encodeLine(Array($0.utf8)) }
    return lines.joined(separator: "\n")
  }

  private static func encodeLine(_ bytes: [UInt8]) -> String {
    var lines: [String] = []
    var line = ""
    for (index, byte) in bytes.enumerated() {
      let isLast = index == bytes.count - 1
      let isSpace = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      // A lone dot ends a message for some commands, and "From " at a line's start is changed by some.
      let isMisread = line.isEmpty && (byte == UInt8(ascii: ".") || byte == UInt8(ascii: "F"))
      let isPlain = isSpace ? !isLast : (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "=") && !isMisread
      let piece = isPlain ? String(UnicodeScalar(byte)) : "=" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      // The last piece may stand where the soft break of the others would.
      if line.utf8.count + piece.utf8.count > (isLast ? 76 : 75) {
        lines.append(line + "=")
        line = ""
      }
      line += piece
    }
    return (lines + [line]).joined(separator: "\n")
  }
}
