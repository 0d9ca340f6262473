extension Layout {
  /// Finds what is broken together, and what is broken already.
  mutating func findGroups() {
    breaks = Array(repeating: nil, count: tokens.count + 1)
    findBlocks()
    findPipelines()
    findElements()
    findColumns()
  }

  /// Whether the source has a line end or a comment somewhere between two tokens.
  private func hasLine(_ from: Int, _ to: Int) -> Bool {
    from <= to && (from...to).contains { gaps[$0].hasLine || !gaps[$0].comments.isEmpty }
  }

  /// Whether a line ends somewhere between two tokens as things stand.
  private func keepsLine(_ from: Int, _ to: Int) -> Bool {
    (from...to).contains { [.line, .blankLine].contains(separator($0)) }
  }

  // MARK: blocks

  private mutating func findBlocks() {
    var pending: [Int: Int] = [:]
    for index in brackets.indices where brackets[index].kind == .block {
      let bracket = brackets[index]
      let isInStage = places[bracket.open].pipe != nil
      // `} else {` and `} catch e {` go the way of the block before.
      let group = pending.removeValue(forKey: bracket.open) ?? newGroup(isInStage ? .stageBlock : .block, bracket.depth)
      brackets[index].group = group
      if let next = continuation(after: bracket.close) { pending[next] = group }
      if hasLine(bracket.open + 1, min(bracket.close, tokens.count - 1)) { groups[group].isBroken = true }
      if bracket.close > bracket.open + 1 { breaks[bracket.close] = group }
    }
    for index in tokens.indices where beginsStatement(index) {
      if let block = around[index] { breaks[index] = brackets[block].group }
    }
  }

  /// The brace of the block that goes on with an `if` or `try` after its first one.
  private func continuation(after close: Int) -> Int? {
    guard close + 1 < tokens.count, tokens[close + 1].isKeyword(.else) || tokens[close + 1].isKeyword(.catch) else { return nil }
    var index = close + 2
    while index < tokens.count {
      if tokens[index].isSign(.openBrace), around[index] == around[close], marks.braces[tokens[index].span.start] == .block { return index }
      if beginsStatement(index), around[index] == around[close] { return nil }
      index += 1
    }
    return nil
  }

  private mutating func newGroup(_ kind: Group.Kind, _ depth: Int) -> Int {
    groups.append(Group(kind: kind, depth: depth))
    return groups.count - 1
  }

  private func depth(_ index: Int) -> Int { around[index].map { brackets[$0].depth + 1 } ?? 0 }

  // MARK: pipelines

  private mutating func findPipelines() {
    // By the last pipe of each, its group.
    var known: [Int: Int] = [:]
    for (index, token) in tokens.enumerated() where token.isSign(.pipe) {
      let group: Int
      if let earlier = places[index].pipe, let found = known[earlier] {
        group = found
        groups[group].kind = .pipeline
      } else {
        group = newGroup(.stage, depth(index))
      }
      known[index] = group
      breaks[index] = group
      if gaps[index].hasLine || gaps[index + 1].hasLine || !gaps[index].comments.isEmpty || !gaps[index + 1].comments.isEmpty {
        groups[group].isBroken = true
      }
    }
  }

  // MARK: lists, records, arguments

  private mutating func findElements() {
    for index in brackets.indices {
      let bracket = brackets[index]
      guard [.record, .type, .call, .list].contains(bracket.kind), bracket.close < tokens.count else { continue }
      let inside = (bracket.open + 1)..<bracket.close
      // The commas behind a stage are the stage's.
      let own = inside.filter { around[$0] == index }
      guard own.contains(where: { isComma($0) }), !own.contains(where: { tokens[$0].isSign(.pipe) }) else { continue }
      let group = newGroup(.elements, bracket.depth)
      groups[group].isBreakable = !keepsLine(bracket.open + 1, bracket.close)
      breaks[bracket.open + 1] = group
      breaks[bracket.close] = group
      for comma in own where isComma(comma) && comma + 1 < bracket.close { breaks[comma + 1] = group }
    }
  }

  func isComma(_ index: Int) -> Bool { tokens[index].isSign(.comma) || tokens[index].isSign(.semicolon) }

  /// The columns of a stage, and what `needs` names.
  private mutating func findColumns() {
    var known: [Int: Int] = [:]
    for index in tokens.indices where tokens[index].isSign(.comma) && index + 1 < tokens.count {
      if let bracket = around[index], ![.block, .parenthesis].contains(brackets[bracket].kind), places[index].pipe == nil { continue }
      let place = places[index]
      guard place.pipe != nil || place.isNeeds else { continue }
      let start = place.pipe ?? place.statement
      let group = known[start] ?? newGroup(place.isNeeds ? .block : .columns, depth(index))
      known[start] = group
      if keepsLine(index + 1, index + 1) { groups[group].isBreakable = false }
      if breaks[index + 1] == nil { breaks[index + 1] = group }
    }
  }
}
