/// Numbers one after another as columns of one cell each.
public struct Sparkline: Sendable {
  private static let levels: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  private let least: Double
  private let greatest: Double

  /// From nothing, or from the least where that is less, to the greatest. Several lines that are compared have one scale.
  public init(_ values: some Sequence<Double?>) {
    var (least, greatest) = (0.0, 0.0)
    for case let value? in values where value.isFinite { (least, greatest) = (min(least, value), max(greatest, value)) }
    (self.least, self.greatest) = (least, greatest)
  }

  /// A character for each; a blank for what is not known. Only nothing at all is as low as can be.
  public func text(_ values: [Double?]) -> String { String(values.map(character)) }

  private func character(_ value: Double?) -> Character {
    guard let value, value.isFinite else { return " " }
    let scale = max(least.magnitude, greatest.magnitude)
    guard scale > 0 else { return Self.levels[0] }
    // Each as a part of the scale first: a difference of two numbers may be beyond all numbers.
    let part = (value / scale - least / scale) / (greatest / scale - least / scale)
    let level = Int((part * Double(Self.levels.count - 1)).rounded())
    return Self.levels[min(Self.levels.count - 1, max(part > 0 ? 1 : 0, level))]
  }
}

/// Many points put together so that they fit into a few.
public enum Resampling: Sendable {
  /// For numbers that add up, as counts.
  case sum
  /// For numbers that do not, as means.
  case mean

  /// So many points make one.
  public static func stride(of count: Int, into cells: Int) -> Int { max(1, (count + max(1, cells) - 1) / max(1, cells)) }

  /// What is not known is left out; of nothing known nothing is known.
  public func points(_ values: [Double?], stride: Int) -> [Double?] {
    if stride <= 1 { return values }
    return Swift.stride(from: 0, to: values.count, by: stride).map { start in
      let known = values[start..<min(values.count, start + stride)].compactMap { $0 }
      if known.isEmpty { return nil }
      let count = self == .mean ? Double(known.count) : 1
      // Parts first, for the sum of all may be beyond all numbers.
      return known.reduce(0) { $0 + $1 / count }
    }
  }
}
