/// Finds the name that somebody probably meant.
public enum Suggestion {
  /// The nearest candidate within a third of the name's length (at least one edit), or nil. People rarely miss the first letter, so another
  /// one counts as an edit more: 'while' is no misspelled 'hire'.
  public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().utf8)
    let limit = max(1, wanted.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let letters = Array(candidate.lowercased().utf8)
      var distance = editDistance(wanted, letters)
      if distance <= limit, !beginsAlike(wanted, letters) { distance += 1 }
      if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// The shortest candidate that a name leaves letters out of, as `cnt` of `count`; nil for what has less than three letters, or less than half.
  static func abbreviated(_ name: String, among candidates: some Sequence<String>) -> String? {
    let letters = Array(name.lowercased().utf8)
    guard letters.count >= 3 else { return nil }
    return candidates.filter { candidate in
      let whole = Array(candidate.lowercased().utf8)
      guard whole.first == letters.first, whole.last == letters.last, whole.count <= 2 * letters.count else { return false }
      var rest = letters[...]
      for letter in whole where letter == rest.first { rest.removeFirst() }
      return rest.isEmpty
    }.min { $0.utf8.count < $1.utf8.count }
  }

  /// The same first letter, or one that was left out, put in, or swapped with the second.
  private static func beginsAlike(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard let x = a.first, let y = b.first else { return true }
    return x == y || b.dropFirst().first == x || a.dropFirst().first == y
  }

  /// Insertions, deletions, replacements and swaps of neighbours.
  private static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if abs(a.count - b.count) > 8 || a.count > 64 || b.count > 64 { return .max }
    var rows = [[Int]](repeating: [Int](repeating: 0, count: b.count + 1), count: a.count + 1)
    for i in 0...a.count { rows[i][0] = i }
    for j in 0...b.count { rows[0][j] = j }
    for i in 0..<a.count {
      for j in 0..<b.count {
        let replaced = rows[i][j] + (a[i] == b[j] ? 0 : 1)
        var cost = min(replaced, rows[i][j + 1] + 1, rows[i + 1][j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, rows[i - 1][j - 1] + 1) }
        rows[i + 1][j + 1] = cost
      }
    }
    return rows[a.count][b.count]
  }
}
