internal import Glibc

/// The texts of entries, one behind another in one piece of memory: thousands of small ones would take longer to make than to read, and are looked
/// through at each key.
struct EntryTexts: RandomAccessCollection {
  private var scalars: [UInt32] = []
  /// Where each ends; the first is where the oldest begins.
  private var ends = [0]
  /// How many of the oldest are left out, until there are as many as are kept.
  private var dropped = 0

  init() {}
  init(_ texts: some Sequence<[UInt32]>) { for text in texts { append(text) } }

  var startIndex: Int { 0 }
  var endIndex: Int { ends.count - 1 - dropped }

  subscript(index: Int) -> ArraySlice<UInt32> { scalars[place(of: index)] }

  private func place(of index: Int) -> Range<Int> { ends[index + dropped]..<ends[index + dropped + 1] }

  func begins(_ index: Int, with text: [UInt32]) -> Bool {
    let place = place(of: index)
    guard place.count >= text.count else { return false }
    return scalars.withUnsafeBufferPointer { scalars in
      scalars.baseAddress.map { memcmp($0 + place.lowerBound, text, text.count * MemoryLayout<UInt32>.stride) == 0 } ?? text.isEmpty
    }
  }

  mutating func reserve(scalars count: Int, entries: Int) {
    scalars.reserveCapacity(scalars.count + count)
    ends.reserveCapacity(ends.count + entries)
  }

  mutating func append(_ text: some Sequence<UInt32>) {
    scalars.append(contentsOf: text)
    ends.append(scalars.count)
  }

  /// Forgets the oldest.
  mutating func dropOldest() {
    dropped += 1
    guard dropped > count else { return }
    let start = ends[dropped]
    scalars.removeFirst(start)
    ends = ends[dropped...].map { $0 - start }
    dropped = 0
  }
}
