internal import SafeLanguage
internal import SafeTerminal

/// The right prompt: `reads members`, `42 of 1,310`, `WRITES up to 37 members`.
struct ForecastText {
  private let forecast: Forecast
  /// The rows that the line's list comes to.
  private let count: Int?

  init(_ forecast: Forecast, count: Int?) { (self.forecast, self.count) = (forecast, count) }

  var text: StyledText? {
    if forecast.effect > .read { return StyledText("WRITES \(writes)", forecast.effect == .destroy ? .error : .warning) }
    var parts = forecast.reads.isEmpty ? [] : ["reads " + forecast.reads.joined(separator: ", ")]
    if let rows = forecast.rows, rows.isFiltered, let count { parts.append("\(Self.grouped(count)) of \(Self.grouped(rows.total))") }
    return parts.isEmpty ? nil : StyledText(parts.joined(separator: ", "), .dim)
  }

  private var writes: String {
    var parts: [(noun: Noun, count: Int?)] = []
    for (capability, count) in forecast.writes {
      let noun = Noun(capability)
      if let index = parts.firstIndex(where: { $0.noun == noun }) {
        parts[index].count = parts[index].count.flatMap { first in count.map { first.addingReportingOverflow($0).partialValue } }
      } else {
        parts.append((noun, count))
      }
    }
    return parts.map { noun, count in
      guard let count else { return noun.many }
      return count == 1 ? "1 \(noun.one)" : "up to \(Self.grouped(count)) \(noun.many)"
    }.joined(separator: ", ")
  }

  /// What a capability changes, in words.
  private struct Noun: Equatable {
    let one: String
    let many: String

    init(_ capability: String) {
      let parts = capability.split(separator: ".")
      switch (parts.first, parts.last) {
      case (_, "addMember"), (_, "dropMember"): (one, many) = ("membership", "memberships")
      case (_, "grant"), (_, "ungrant"): (one, many) = ("access", "accesses")
      case ("policies", _): (one, many) = ("policy", "policies")
      case (let resource?, _):
        many = String(resource)
        one = resource.hasSuffix("s") ? String(resource.dropLast()) : many
      case (nil, _): (one, many) = (capability, capability)
      }
    }
  }

  /// `1310` as `1,310`.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return number < 0 ? "-" + text : text
  }
}
