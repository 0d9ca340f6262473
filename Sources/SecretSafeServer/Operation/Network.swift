/// Addresses that begin alike, as `10.0.0.0/8`, `fd00::/8`, or one address alone.
public struct Network: Hashable, Sendable {
  let address: IPAddress
  /// Of the 32 or 128.
  let prefixBits: Int

  public init(_ text: String) throws(MalformedOption) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = parts.first.flatMap({ IPAddress($0) }) else {
      throw MalformedOption("'\(text)' is no network: write an address, or an address and the bits of its prefix, such as 10.0.0.0/8 or fd00::/8")
    }
    let width = address.isIPv6 ? 128 : 32
    // What was written as IPv6 and is IPv4 has its prefix in the last 32 of the 128 bits.
    let offset = !address.isIPv6 && parts[0].contains(":") ? 96 : 0
    var bits = width
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(parts[1]), 0...width ~= number - offset else {
        throw MalformedOption("'\(text)' has no prefix of \(offset) to \(width + offset) bits, such as \(address)/\(width + offset)")
      }
      bits = number - offset
    }
    self.address = address
    prefixBits = bits
  }

  func contains(_ other: IPAddress) -> Bool {
    guard other.isIPv6 == address.isIPv6 else { return false }
    let bits = address.isIPv6 ? prefixBits : prefixBits + 96
    let (high, low) = (address.high ^ other.high, address.low ^ other.low)
    // For IPv4 the first 96 bits are zeros in both.
    if bits <= 64 { return bits == 0 || high >> UInt64(64 - bits) == 0 }
    return high == 0 && low >> UInt64(128 - bits) == 0
  }
}

extension [Network] {
  func contains(_ address: IPAddress) -> Bool { contains { $0.contains(address) } }
}
