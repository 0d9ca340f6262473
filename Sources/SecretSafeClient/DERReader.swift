/// Reads the parts of a certificate that tell people whose it is. It checks nothing: trust is the TLS library's.
struct DERReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

  /// The next element with its tag; nil at the end, or if what follows is none.
  mutating func next() -> (tag: UInt8, content: DERReader)? {
    var bytes = rest
    guard let tag = bytes.popFirst(), let first = bytes.popFirst() else { return nil }
    var length = Int(first)
    if first & 0x80 != 0 {
      let count = Int(first & 0x7f)
      guard (1...4).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard length <= bytes.count else { return nil }
    rest = bytes.dropFirst(length)
    return (tag, DERReader(bytes.prefix(length)))
  }

  /// What is inside the next element, if it has a tag.
  mutating func enter(_ tag: UInt8) -> DERReader? {
    guard let (found, content) = next(), found == tag else { return nil }
    return content
  }

  var bytes: [UInt8] { Array(rest) }
  var text: String { String(decoding: rest, as: UTF8.self) }

  static let sequence: UInt8 = 0x30
  static let set: UInt8 = 0x31
  static let objectIdentifier: UInt8 = 0x06
  static let octets: UInt8 = 0x04
}

/// Who a certificate is for and who signed it.
struct CertificateNames {
  var subject = ""
  var issuer = ""
  /// Host names and addresses.
  var hosts: [String] = []
  var isSelfIssued = false

  private static let commonName: [UInt8] = [0x55, 0x04, 0x03]
  private static let organization: [UInt8] = [0x55, 0x04, 0x0a]
  private static let alternativeNames: [UInt8] = [0x55, 0x1d, 0x11]

  init(der: [UInt8]) {
    var outer = DERReader(der)
    guard var certificate = outer.enter(DERReader.sequence), var body = certificate.enter(DERReader.sequence) else { return }
    // Version (which may be left out), serial number, algorithm, issuer, validity, subject, key, extensions.
    var parts: [(tag: UInt8, content: DERReader)] = []
    while let part = body.next() { parts.append(part) }
    if parts.first?.tag == 0xa0 { parts.removeFirst() }
    guard parts.count >= 6 else { return }
    issuer = Self.name(parts[2].content)
    subject = Self.name(parts[4].content)
    isSelfIssued = parts[2].content.bytes == parts[4].content.bytes
    if var extensions = parts.first(where: { $0.tag == 0xa3 })?.content { hosts = Self.hosts(&extensions) }
  }

  /// The common name, else the organization.
  private static func name(_ reader: DERReader) -> String {
    var reader = reader
    var found: [[UInt8]: String] = [:]
    while var set = reader.enter(DERReader.set) {
      while var pair = set.enter(DERReader.sequence) {
        if let key = pair.enter(DERReader.objectIdentifier)?.bytes, let value = pair.next() { found[key] = value.content.text }
      }
    }
    return printable(found[commonName] ?? found[organization] ?? "nobody")
  }

  private static func hosts(_ extensions: inout DERReader) -> [String] {
    guard var list = extensions.enter(DERReader.sequence) else { return [] }
    while var one = list.enter(DERReader.sequence) {
      guard one.enter(DERReader.objectIdentifier)?.bytes == alternativeNames else { continue }
      while let (tag, content) = one.next() {
        guard tag == DERReader.octets else { continue }
        var octets = content
        guard var names = octets.enter(DERReader.sequence) else { return [] }
        var hosts: [String] = []
        while let (kind, name) = names.next() {
          if kind == 0x82 { hosts.append(printable(name.text)) }
          if kind == 0x87, name.bytes.count == 4 { hosts.append(name.bytes.map(String.init).joined(separator: ".")) }
          if kind == 0x87, name.bytes.count == 16 { hosts.append(ipv6(name.bytes)) }
        }
        return hosts
      }
    }
    return []
  }

  private static func ipv6(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: 16, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }.joined(separator: ":")
  }
}
