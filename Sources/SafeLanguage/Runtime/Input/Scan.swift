#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Eight bytes at a time. A mask has the top bit set of each byte that was looked for; its lowest set bit is always right, those above may not be.
enum Scan {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let tops: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func word(_ place: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(place).loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  static func equal(_ word: UInt64, _ byte: UInt8) -> UInt64 {
    let difference = word ^ (ones &* UInt64(byte))
    return (difference &- ones) & ~difference & tops
  }

  /// Bytes below 32, and from there on what the borrow makes of it.
  @inline(__always)
  static func control(_ word: UInt64) -> UInt64 { (word &- ones &* 0x20) & ~word & tops }

  /// The bytes before the first one of a mask.
  @inline(__always)
  static func bytes(_ word: UInt64, before mask: UInt64) -> UInt64 { word & ((mask & (0 &- mask)) &- 1) }

  /// How many bytes are one.
  static func count(_ byte: UInt8, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    let wanted = ones &* UInt64(byte)
    return count(start, end, one: { $0 == byte }) { word in
      // Exact for every byte: no borrow goes from one to the next.
      let difference = word ^ wanted
      return ~(((difference & ~tops) &+ ~tops) | difference) & tops
    }
  }

  /// Characters: bytes that continue none.
  static func characters(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int {
    end - start - count(start, end, one: { $0 & 0xc0 == 0x80 }) { $0 & ~($0 << 1) & tops }
  }

  @inline(__always)
  private static func count(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, one: (UInt8) -> Bool, _ mask: (UInt64) -> UInt64
  ) -> Int {
    var count = 0
    var at = start
    while end - at >= 8 {
      // Eight counts beside one another, each of which holds 255.
      let stop = min(at + 255 * 8, end - 7)
      var lanes: UInt64 = 0
      while at < stop {
        lanes &+= mask(word(at)) >> 7
        at += 8
      }
      let pairs = (lanes & 0x00ff_00ff_00ff_00ff) &+ (lanes >> 8 & 0x00ff_00ff_00ff_00ff)
      count &+= Int((pairs &* 0x0001_0001_0001_0001) >> 48)
    }
    while at < end {
      count &+= one(at.pointee) ? 1 : 0
      at += 1
    }
    return count
  }

  /// Behind the last line end before a place, or `start`.
  static func lineStart(_ start: UnsafePointer<UInt8>, _ place: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var at = place
    while at - start >= 8, equal(word(at - 8), 10) == 0 { at -= 8 }
    while at > start, at[-1] != 10 { at -= 1 }
    return at
  }

  static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool { memcmp(a, b, count) == 0 }

  /// The first byte that is no part of UTF-8: too long a form, half a surrogate pair, beyond U+10FFFF, cut off. Leaves off in a long text where somebody
  /// asked to stop, which is found before the next part is read.
  static func invalidUTF8(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = start
    var beat = Beat()
    while at < end {
      if beat.isLast() { return nil }
      if end - at >= 8, word(at) & tops == 0 {
        at += 8
        continue
      }
      let first = at.pointee
      if first < 0x80 {
        at += 1
        continue
      }
      let (length, least, most): (Int, UInt8, UInt8) =
        switch first {
        case 0xc2...0xdf: (2, 0x80, 0xbf)
        case 0xe0: (3, 0xa0, 0xbf)
        case 0xed: (3, 0x80, 0x9f)
        case 0xe1...0xef: (3, 0x80, 0xbf)
        case 0xf0: (4, 0x90, 0xbf)
        case 0xf1...0xf3: (4, 0x80, 0xbf)
        case 0xf4: (4, 0x80, 0x8f)
        default: (0, 0, 0)
        }
      guard length > 0, end - at >= length, at[1] >= least, at[1] <= most else { return at }
      for index in 2..<max(2, length) where at[index] & 0xc0 != 0x80 { return at }
      at += length
    }
    return nil
  }
}
