/// Places of a list by something that tells its elements apart, in four bytes each: the list has what is asked for, and a dictionary of a hundred
/// thousand texts or ids would hold all of it once more.
struct PlaceIndex: Sendable {
  private static let (empty, gone): (Int32, Int32) = (-1, -2)

  /// Open addressing with linear steps; the size is a power of two, and at most three quarters are taken.
  private var slots: [Int32] = []
  /// Slots that are not empty, those of what is gone included.
  private var taken = 0

  /// - Parameter matches: whether the element at a place is the one that is asked for.
  func place(_ hash: Int, _ matches: (Int) -> Bool) -> Int? { slot(hash, matches).map { Int(slots[$0]) } }

  /// Puts a place in; who puts the same element in twice finds the first one.
  ///
  /// - Parameter rehash: gives the hash of the element at a place.
  mutating func insert(_ place: Int, _ hash: Int, _ rehash: (Int) -> Int) {
    if (taken + 1) * 4 > slots.count * 3 { grow(rehash) }
    put(Int32(place), hash)
  }

  /// Lets another place stand for an element that is in it.
  mutating func replace(by place: Int, _ hash: Int, _ matches: (Int) -> Bool) { if let slot = slot(hash, matches) { slots[slot] = Int32(place) } }

  mutating func remove(_ hash: Int, _ matches: (Int) -> Bool) { if let slot = slot(hash, matches) { slots[slot] = Self.gone } }

  private func slot(_ hash: Int, _ matches: (Int) -> Bool) -> Int? {
    if slots.isEmpty { return nil }
    var slot = hash & (slots.count - 1)
    while slots[slot] != Self.empty {
      if slots[slot] != Self.gone, matches(Int(slots[slot])) { return slot }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func put(_ place: Int32, _ hash: Int) {
    var slot = hash & (slots.count - 1)
    while slots[slot] != Self.empty { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = place
    taken += 1
  }

  private mutating func grow(_ rehash: (Int) -> Int) {
    let places = slots.filter { $0 >= 0 }
    var size = 16
    while (places.count + 1) * 2 > size { size *= 2 }
    slots = Array(repeating: Self.empty, count: size)
    taken = 0
    for place in places { put(place, rehash(Int(place))) }
  }
}
