/// Elements that come one by one, in pieces that stay where they are: an array of millions that doubles would move them all, which takes longer than
/// somebody should wait who asked to stop.
struct Pieces<Element: Sendable>: Sendable {
  private static var shift: Int { 16 }
  private static var size: Int { 1 << shift }

  /// All but the last have `size` elements.
  private var pieces: [[Element]] = [[]]

  var count: Int { (pieces.count - 1) << Self.shift + pieces[pieces.count - 1].count }

  @inline(__always)
  mutating func append(_ element: Element) {
    if pieces[pieces.count - 1].count == Self.size { begin() }
    pieces[pieces.count - 1].append(element)
  }

  @inline(never)
  private mutating func begin() {
    pieces.append([])
    pieces[pieces.count - 1].reserveCapacity(Self.size)
  }

  subscript(index: Int) -> Element {
    get { pieces[index >> Self.shift][index & (Self.size - 1)] }
    set { pieces[index >> Self.shift][index & (Self.size - 1)] = newValue }
  }

  /// All in one array. Leaves off where somebody asked to stop, which the caller finds at its next look.
  func joined() -> [Element] {
    if pieces.count == 1 { return pieces[0] }
    var all: [Element] = []
    all.reserveCapacity(count)
    for piece in pieces {
      if Interruption.isRequested { break }
      all += piece
    }
    Interruption.letGo(self, size: count)
    return all
  }
}
