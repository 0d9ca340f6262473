import FoundationEssentials
import SecretSafeAPI

extension LimitRules {
  /// Days of a period at most: longer ones would only fill the memory.
  static let longestDays = 1
  /// Far above what a server answers in a day.
  static let highestLimit = 1_000_000_000

  /// `none`, `cloud`, or the path of a file as
  /// `{"rules": [{"service": "api", "method": "POST", "path": "/public/members", "limit": 60, "period": "1m"}]}`, where a rule without
  /// `method` is for all methods and one without `path` for all paths.
  public init(named name: String) throws(MalformedOption) {
    switch name {
    case "none": self = .none
    case "cloud": self = .cloud
    default:
      guard let data = FileManager.default.contents(atPath: name) else {
        throw MalformedOption("'\(name)' is neither none nor cloud, and no file that can be read")
      }
      do { try self.init(json: Array(data)) } catch { throw MalformedOption("\(name): \(error.description)") }
    }
  }

  init(json: [UInt8]) throws(MalformedOption) {
    let value: JSONValue
    do { value = try JSONReader.read(json) } catch { throw MalformedOption("no JSON: \(error.text) (byte \(error.offset))") }
    guard case .object(let members) = value, members.count == 1, members[0].name == "rules", case .array(let elements) = members[0].value else {
      throw MalformedOption(#"expected {"rules": […]} and nothing else"#)
    }
    var rules: [LimitRule] = []
    for (index, element) in elements.enumerated() {
      do {
        rules.append(try LimitRule(element))
      } catch {
        throw MalformedOption("rule \(index + 1): \(error.description)")
      }
    }
    self.init(rules: rules)
  }
}

extension LimitRule {
  private static let memberNames = ["service", "method", "path", "limit", "period"]

  fileprivate init(_ value: JSONValue) throws(MalformedOption) {
    guard case .object(let members) = value else { throw MalformedOption("no object") }
    if let member = members.first(where: { !Self.memberNames.contains($0.name) }) {
      throw MalformedOption("unknown member '\(member.name)': there are \(Self.memberNames.joined(separator: ", "))")
    }
    func text(_ name: String) throws(MalformedOption) -> String? {
      switch members.last(where: { $0.name == name })?.value {
      case nil: nil
      case .string(let text): text
      default: throw MalformedOption("'\(name)' is no text")
      }
    }

    guard let service = try text("service").flatMap(Service.init) else { throw MalformedOption("'service' must be \"api\" or \"identity\"") }
    let method = try text("method")
    if let method, method.isEmpty || !method.utf8.allSatisfy({ 0x41...0x5A ~= $0 }) {
      throw MalformedOption("'method' must be in capitals, such as \"POST\"; without it the rule is for all methods")
    }
    let path = try text("path")
    if let path, !path.hasPrefix("/") || path.hasSuffix("/") || path.contains("//") || path.contains(where: { "?{}*".contains($0) }) {
      throw MalformedOption("'path' must be one path below the service's base, as \"/public/members\" or \"/connect/token\"; without it the rule is for each path")
    }
    guard case .number(let digits) = members.last(where: { $0.name == "limit" })?.value, let limit = Int(digits), 1...LimitRules.highestLimit ~= limit
    else { throw MalformedOption("'limit' must be a whole number from 1 to \(LimitRules.highestLimit)") }
    guard let period = try text("period").flatMap(Period.init) else {
      throw MalformedOption("'period' must be a number and s, m, h or d, such as \"1m\", and no longer than \(LimitRules.longestDays)d")
    }
    self.init(service: service, method: method, path: path, limit: limit, period: period)
  }
}

extension LimitRule.Period {
  fileprivate init?(_ text: String) {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let number = Int(text.dropLast()), number > 0, text.utf8.count <= 6,
      number * unit <= LimitRules.longestDays * 86_400
    else { return nil }
    self.init(text: text, seconds: number * unit)
  }
}
