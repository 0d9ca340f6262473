extension OrganizationDifference {
  /// A line of the text for people. What it marks is coloured where there are colours.
  public struct Line: Hashable, Sendable {
    public enum Mark: String, Sendable {
      case added = "+"
      case changed = "~"
      case removed = "-"
      /// What belongs to the line above.
      case detail = " "
    }

    public let mark: Mark
    /// How many steps it is set in.
    public let depth: Int
    public let text: String

    public var plain: String { String(repeating: "    ", count: depth) + "\(mark.rawValue) \(text)" }
  }

  /// A line for each object, and below it one for each thing that is other about it.
  public var lines: [Line] { changes.flatMap(\.lines) }

  /// The first of the lines, and how many there are.
  public func lines(atMost limit: Int) -> (shown: [Line], count: Int) {
    var (shown, count) = ([Line](), 0)
    for change in changes {
      let lines = change.lines
      count += lines.count
      if shown.count < limit { shown += lines.prefix(limit - shown.count) }
    }
    return (shown, count)
  }

  /// `members: 12 invited, 1 removed` and so on, one subject a line; `no difference` for none.
  public var summary: [String] {
    var lines: [(subject: String, text: String)] = []
    for count in counts {
      let text = "\(count.count) \(count.word)"
      if lines.last?.subject == count.subject { lines[lines.count - 1].text += ", \(text)" } else { lines.append((count.subject, text)) }
    }
    return lines.isEmpty ? ["no difference"] : lines.map { "\($0.subject): \($0.text)" }
  }
}

extension OrganizationDifference.Change {
  public var lines: [OrganizationDifference.Line] {
    typealias Line = OrganizationDifference.Line
    let mark: Line.Mark =
      switch action {
      case .added: .added
      case .changed: .changed
      case .removed: .removed
      }
    let head = kind == .subscription ? kind.rawValue : "\(kind.rawValue) \(Self.legible(name))"
    var lines = [Line(mark: mark, depth: 0, text: head)]
    // What goes goes with all that it was.
    if action == .removed { return lines }
    for field in fields where !(action == .added && Self.naming.contains(field.name)) {
      let after = Self.text(field.after)
      lines.append(Line(mark: .detail, depth: 1, text: "\(field.name): " + (action == .added ? after : "\(Self.text(field.before)) -> \(after)")))
    }
    for change in access {
      let name = "access to \(Self.legible(change.collection.name))"
      switch (change.before, change.after) {
      case (let before?, let after?): lines.append(Line(mark: .changed, depth: 1, text: "\(name): \(before) -> \(after)"))
      case (nil, let after?): lines.append(Line(mark: .added, depth: 1, text: "\(name): \(after)"))
      case (let before?, nil): lines.append(Line(mark: .removed, depth: 1, text: "\(name): \(before)"))
      case (nil, nil): break
      }
    }
    for membership in members {
      lines.append(Line(mark: membership.isAdded ? .added : .removed, depth: 1, text: "member \(Self.legible(membership.member.name))"))
    }
    return lines
  }

  /// Fields that the head of an added object says already.
  private static let naming: Set<String> = ["email", "name"]

  private static func text(_ value: JSONValue?) -> String {
    switch value {
    case nil, .null?: "null"
    case .string(let text)?: legible(text)
    case .array(let elements)?: "[" + elements.map { text($0) }.joined(separator: ", ") + "]"
    case let value?: legible(String(decoding: value.json, as: UTF8.self))
    }
  }

  /// Texts come from many hands: what would move the cursor or turn the line around is written as its number.
  private static func legible(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
