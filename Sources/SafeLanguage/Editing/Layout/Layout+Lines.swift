extension Layout {
  /// A line as it is written: code, and a comment behind it.
  struct Line {
    var indent = 0
    /// The tokens that it holds.
    var tokens: Range<Int>
    var code = ""
    var comment: String?
    var isBlank: Bool { tokens.isEmpty && code.isEmpty && comment == nil }

    /// How far its code goes, in characters; of a text over lines the last one counts.
    var width: Int {
      let last = code.utf8.lastIndex(of: UInt8(ascii: "\n")).map { code[code.index(after: $0)...] }
      return last?.unicodeScalars.count ?? indent + code.unicodeScalars.count
    }

    var isOverLines: Bool { code.utf8.contains(UInt8(ascii: "\n")) }
  }

  /// Breaks what goes beyond the width, outermost first.
  mutating func breakLongLines(_ width: Int) {
    var again = true
    while again {
      again = false
      for line in lines() where !line.isOverLines && line.width > width {
        // A `##` documents the line that it ends.
        if line.comment?.hasPrefix("##") == true { continue }
        let candidates = line.tokens.dropFirst().compactMap { breaks[$0] }.filter { !groups[$0].isBroken && groups[$0].isBreakable }
        guard let widest = candidates.min(by: { (groups[$0].depth, groups[$0].kind.rawValue) < (groups[$1].depth, groups[$1].kind.rawValue) }) else { continue }
        groups[widest].isBroken = true
        again = true
      }
    }
  }

  var text: String {
    var lines = lines()
    align(&lines)
    let text = lines.map { line in
      var text = line.code
      if let comment = line.comment { text += comment }
      return text.isEmpty ? "\n" : String(repeating: " ", count: line.indent) + text + "\n"
    }.joined()
    // A comment of this form would name the interpreter if it began the first line.
    return text.utf8.starts(with: "#!".utf8) && !source.bytes.starts(with: "#!".utf8) ? " " + text : text
  }

  // MARK: lines

  func lines() -> [Line] {
    var lines: [Line] = []
    // The indent of the line that each token stands in.
    var indents = Array(repeating: 0, count: tokens.count)
    func blank(_ tokens: Int) { if let last = lines.last, !last.isBlank { lines.append(Line(tokens: tokens..<tokens)) } }

    for index in 0...tokens.count {
      let gap = gaps[index]
      let indent = indent(index, indents)
      for comment in gap.comments {
        if comment.lines == 0, let last = lines.indices.last, lines[last].comment == nil, !lines[last].isBlank {
          lines[last].comment = comment.text
          continue
        }
        let isFirst = lines.last.map { opens($0) } ?? true
        if comment.lines > 1, !isFirst { blank(index) }
        let inner = index < tokens.count && tokens[index].closes ? indent + 2 : indent
        lines.append(Line(indent: inner, tokens: index..<index, comment: comment.text))
      }
      guard index < tokens.count else { break }
      let separator = separator(index)
      if separator == .blankLine { blank(index) }
      if lines.isEmpty || separator == .line || separator == .blankLine { lines.append(Line(indent: indent, tokens: index..<index)) }
      let last = lines.count - 1
      if !lines[last].tokens.isEmpty {
        if beginsStatement(index), index > 0, !tokens[index - 1].opens { lines[last].code += ";" }
        if separator == .space { lines[last].code += " " }
      }
      lines[last].code += isComma(index) ? "," : source.text(tokens[index].span)
      lines[last].tokens = lines[last].tokens.lowerBound..<(index + 1)
      indents[index] = lines[last].indent
    }
    return lines
  }

  /// Whether a line ends with the brace of a block, after which no empty line stands.
  private func opens(_ line: Line) -> Bool {
    guard let last = line.tokens.last else { return false }
    return tokens[last].opens
  }

  /// How far in a line begins with this token.
  private func indent(_ index: Int, _ indents: [Int]) -> Int {
    guard index < tokens.count else { return 0 }
    let bracket = around[index].map { brackets[$0] }
    if tokens[index].closes {
      return openings[index].map { indents[$0] } ?? 0
    }
    let base = bracket.map { indents[$0.open] + 2 } ?? 0
    if beginsStatement(index) { return base }
    let place = places[index]
    let isBlock = bracket == nil || bracket?.kind == .block
    let pipes = isBlock && !place.startsPipeline ? base + 2 : base
    if tokens[index].isSign(.pipe) { return pipes }
    // What goes on with a stage stands behind its word.
    if let pipe = place.pipe, let group = breaks[pipe], groups[group].isBroken { return pipes + 4 }
    return isBlock ? base + 2 : base
  }

  // MARK: comments

  /// Comments behind lines that follow one another stand below one another.
  private func align(_ lines: inout [Line]) {
    var start = 0
    while start < lines.count {
      var end = start
      while end < lines.count, lines[end].comment != nil, !lines[end].code.isEmpty, !lines[end].isOverLines { end += 1 }
      let run = max(end, start + 1)
      let widths = lines[start..<run].map(\.width)
      let widest = widths.max() ?? 0
      let isAligned = end > start && widest - (widths.min() ?? 0) <= Self.maximumShift
      for index in start..<run where lines[index].comment != nil && !lines[index].code.isEmpty {
        lines[index].code += String(repeating: " ", count: (isAligned ? widest - lines[index].width : 0) + 2)
      }
      start = run
    }
  }

  /// Comments that would move further stay behind their own line.
  private static let maximumShift = 40
}
