import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An address of either family; an IPv4 address that came mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4 one.
struct IPAddress: Hashable, Sendable {
  let isIPv6: Bool
  /// Nothing but zeros for IPv4.
  let high: UInt64
  /// For IPv4 the address in the lowest 32 bits.
  let low: UInt64

  private init(_ v4: UInt32) { (isIPv6, high, low) = (false, 0, UInt64(v4)) }

  private init(high: UInt64, low: UInt64) {
    let isMapped = high == 0 && low >> 32 == 0xFFFF
    (isIPv6, self.high, self.low) = isMapped ? (false, 0, low & 0xFFFF_FFFF) : (true, high, low)
  }

  private init(_ address: in6_addr) {
    // C aligns it to four bytes only.
    self = withUnsafeBytes(of: address) {
      IPAddress(
        high: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        low: UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }
  }

  /// Dotted or with colons, without a port; nil for everything else.
  init?(_ text: some StringProtocol) {
    let text = String(text)
    var v4 = in_addr()
    var v6 = in6_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(UInt32(bigEndian: v4.s_addr))
    } else if inet_pton(AF_INET6, text, &v6) == 1 {
      self.init(v6)
    } else {
      return nil
    }
  }

  /// Nil for a socket that is a file.
  init?(_ address: SocketAddress) {
    // After family and port; in IPv6 the flow's label stands between.
    let (v4Offset, v6Offset) = (4, 8)
    switch address {
    case .v4:
      self.init(address.withSockAddr { start, _ in UInt32(bigEndian: UnsafeRawPointer(start).loadUnaligned(fromByteOffset: v4Offset, as: UInt32.self)) })
    case .v6: self.init(address.withSockAddr { start, _ in UnsafeRawPointer(start).loadUnaligned(fromByteOffset: v6Offset, as: in6_addr.self) })
    case .unixDomainSocket: return nil
    }
  }

  /// One of this machine's own.
  var isLoopback: Bool { isIPv6 ? high == 0 && low == 1 : low >> 24 == 127 }
}

extension IPAddress {
  /// Appends the text of the description.
  func append(to text: inout [UInt8]) {
    if isIPv6 { return text.append(text: description) }
    for place in [24, 16, 8, 0] as [UInt64] {
      text.append(number: Int(low >> place & 255))
      if place > 0 { text.append(UInt8(ascii: ".")) }
    }
  }
}

extension IPAddress: CustomStringConvertible {
  var description: String {
    if !isIPv6 { return "\(low >> 24).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)" }
    var words = (high.bigEndian, low.bigEndian)
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      guard let start = text.baseAddress, inet_ntop(AF_INET6, &words, start, socklen_t(INET6_ADDRSTRLEN)) != nil else { return "" }
      return String(cString: start)
    }
  }
}
