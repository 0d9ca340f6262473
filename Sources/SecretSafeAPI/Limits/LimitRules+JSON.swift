extension LimitRules {
  /// Days of a period at most: longer ones would only fill the memory.
  public static let longestDays = 1
  /// Far above what a server answers in a day.
  public static let highestLimit = 1_000_000_000

  /// Why a text holds no limits: where in it, and what would be right.
  public struct Problem: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
  }

  /// `{"rules": [{"service": "api", "method": "POST", "path": "/public/members", "limit": 60, "period": "1m"}]}`, where a rule without
  /// `method` is for all methods and one without `path` for each path.
  public init(json: [UInt8]) throws(Problem) {
    let value: JSONValue
    do { value = try JSONReader.read(json) } catch { throw Problem("no JSON: \(error.text) (byte \(error.offset))") }
    guard case .object(let members) = value, members.count == 1, members[0].name == "rules", case .array(let elements) = members[0].value else {
      throw Problem(#"expected {"rules": […]} and nothing else"#)
    }
    var rules: [LimitRule] = []
    for (index, element) in elements.enumerated() {
      do {
        rules.append(try LimitRule(element))
      } catch {
        throw Problem("rule \(index + 1): \(error.description)")
      }
    }
    self.init(rules: rules)
  }
}

extension LimitRule {
  fileprivate typealias Problem = LimitRules.Problem

  private static let memberNames = ["service", "method", "path", "limit", "period"]

  fileprivate init(_ value: JSONValue) throws(Problem) {
    guard case .object(let members) = value else { throw Problem("no object") }
    if let member = members.first(where: { !Self.memberNames.contains($0.name) }) {
      throw Problem("unknown member '\(member.name)': there are \(Self.memberNames.joined(separator: ", "))")
    }
    func text(_ name: String) throws(Problem) -> String? {
      switch members.last(where: { $0.name == name })?.value {
      case nil: nil
      case .string(let text): text
      default: throw Problem("'\(name)' is no text")
      }
    }

    guard let service = try text("service").flatMap(Service.init) else { throw Problem("'service' must be \"api\" or \"identity\"") }
    let method = try text("method")
    if let method, method.isEmpty || !method.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) {
      throw Problem("'method' must be in capitals, such as \"POST\"; without it the rule is for all methods")
    }
    let path = try text("path")
    if let path, !path.hasPrefix("/") || path.hasSuffix("/") || path.contains("//") || path.contains(where: { "?{}*".contains($0) }) {
      throw Problem("'path' must be one path below the service's base, as \"/public/members\" or \"/connect/token\"; without it the rule is for each path")
    }
    guard case .number(let digits) = members.last(where: { $0.name == "limit" })?.value, let limit = Int(digits), 1...LimitRules.highestLimit ~= limit
    else { throw Problem("'limit' must be a whole number from 1 to \(LimitRules.highestLimit)") }
    guard let period = try text("period").flatMap(Period.init) else {
      throw Problem("'period' must be a number and s, m, h or d, such as \"1m\", and no longer than \(LimitRules.longestDays)d")
    }
    self.init(service: service, method: method, path: path, limit: limit, period: period)
  }
}

extension LimitRule.Period {
  /// A number and s, m, h or d; nil for anything else, and for more than a day.
  public init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()), number > 0, text.utf8.count <= 6,
      number * unit <= LimitRules.longestDays * 86_400
    else { return nil }
    self.init(text: text, seconds: number * unit)
  }
}
