internal import SafeLanguage
internal import SafeTerminal

/// A column of numbers over days or times: a line for each label, under which stand the first and the last day.
struct SeriesText {
  private static let gap = String(repeating: " ", count: TableLayout.gap)
  /// A short line is stretched, so that it is seen, up to so many cells a point and so many in all.
  private static let widestPoint = 4
  private static let stretched = 60

  private let canvas: Canvas
  private let limit: Int
  private let cells: CellText
  private let axis: TimeAxis
  private let isDate: Bool
  private let type: SafeLanguage.`Type`
  private let title: (number: String, when: String, labels: String)
  /// In the order of their first rows.
  private let series: [(label: String, values: [Double?])]

  init(_ table: Table, when: Int, labels: [Int], number: Int, _ canvas: Canvas, limit: Int) {
    self.canvas = canvas
    self.limit = limit
    let cells = CellText(zone: canvas.zone)
    self.cells = cells
    type = table.type.fields[number].type
    isDate = table.type.fields[when].type.required == .date
    title = (table.type.fields[number].name, table.type.fields[when].name, labels.map { table.type.fields[$0].name }.joined(separator: " / "))
    let keys = (0..<table.count).map { Self.key(table.value($0, when)) }
    axis = isDate ? TimeAxis(days: keys.compactMap { $0 }) : TimeAxis(times: keys.compactMap { $0 })
    // What cannot be null is a count or a sum: where there is no row, it is zero. A mean of nothing is not.
    let addsUp = !type.isOptional
    let places = axis.places
    var indexes: [String: Int] = [:]
    var series: [(label: String, values: [Double?])] = []
    for row in 0..<table.count {
      guard let key = keys[row], let place = places[key] else { continue }
      let label = labels.map { cells.text(table.value(row, $0)) }.joined(separator: " / ")
      let index = indexes[label] ?? series.count
      if index == series.count {
        indexes[label] = index
        series.append((label, Array(repeating: addsUp && axis.step != nil ? 0 : nil, count: axis.points.count)))
      }
      guard let value = table.value(row, number).drawn else { continue }
      series[index].values[place] = addsUp ? (series[index].values[place] ?? 0) + value : value
    }
    self.series = series
  }

  private static func key(_ value: Value) -> Int? {
    switch value {
    case .date(let key), .time(let key): key
    default: nil
    }
  }

  var lines: [StyledText] {
    guard !axis.points.isEmpty else { return [StyledText(cut("no rows to draw"), .dim)] }
    if canvas.drawing == .ascii { return series.prefix(limit).map { bars($0) }.joined(separator: [StyledText("")]) + more(behind: limit) }
    return title.labels.isEmpty ? single : grouped
  }

  // MARK: lines of blocks

  private var single: [StyledText] {
    let values = series.first?.values ?? []
    let (points, stride) = fitted(values, cells: canvas.chartWidth)
    var text = Sparkline(points).text(points)
    text = stretched(text)
    var lines = [StyledText(cut("\(title.number) by \(title.when)"), .header), StyledText(text, .number)]
    lines += ends(under: text.count, indent: 0)
    let told = [extremes(values), columnText(stride)].compactMap { $0 }.joined(separator: "; ")
    return lines + RecordText.wrapped(told, canvas.chartWidth).map { StyledText($0) }
  }

  /// All on one scale, each with the most that it comes to.
  private var grouped: [StyledText] {
    let shown = series.prefix(limit)
    let most = shown.map { series in series.values.compactMap { $0 }.max().map(text) ?? "null" }
    let mostTitle = "most \(title.number)"
    let numbers = most.reduce(DisplayWidth.of(mostTitle)) { max($0, DisplayWidth.of($1)) }
    let labels = shown.reduce(DisplayWidth.of(title.labels)) { max($0, DisplayWidth.of($1.label)) }
    let width = canvas.chartWidth
    let label = max(1, min(labels, (width - numbers - 2 * TableLayout.gap) / 2))
    let room = max(1, width - label - numbers - 2 * TableLayout.gap)
    let fittedSeries = shown.map { fitted($0.values, cells: room).points }
    let stride = fitted(shown.first?.values ?? [], cells: room).stride
    let scale = Sparkline(fittedSeries.joined())
    let drawn = fittedSeries.map { stretched(scale.text($0), in: room) }
    let long = drawn.first?.count ?? 0
    let columns: [TableLayout.Column] = [.init(TableLayout.cut(title.labels, label)), .init("by \(title.when)"), .init(mostTitle, alignsRight: true)]
    let layout = TableLayout(columns: columns, width: width)
    var lines = layout.lines(
      shown.indices.map { index in
        [
          TableLayout.Cell(TableLayout.cut(shown[index].label, label)), TableLayout.Cell(drawn[index], .number), TableLayout.Cell(most[index]),
        ]
      })
    lines += more(behind: limit)
    lines += ends(under: long, indent: label + TableLayout.gap)
    if let text = columnText(stride) { lines.append(StyledText(cut(text), .dim)) }
    return lines
  }

  private func more(behind limit: Int) -> [StyledText] {
    series.count > limit ? [StyledText(cut("and \(TableLayout.grouped(series.count - limit)) more"), .dim)] : []
  }

  private func fitted(_ values: [Double?], cells: Int) -> (points: [Double?], stride: Int) {
    let stride = Resampling.stride(of: values.count, into: cells)
    return ((type.isOptional ? Resampling.mean : .sum).points(values, stride: stride), stride)
  }

  private func stretched(_ text: String, in room: Int? = nil) -> String {
    let times = min(Self.widestPoint, min(Self.stretched, room ?? canvas.chartWidth) / max(1, text.count))
    return times > 1 ? String(text.flatMap { Array(repeating: $0, count: times) }) : text
  }

  /// The first and the last day: below the ends of the line where there is room for both.
  private func ends(under cells: Int, indent: Int) -> [StyledText] {
    let (first, last) = (when(axis.points[0]), when(axis.points[axis.points.count - 1]))
    let blank = String(repeating: " ", count: indent)
    if axis.points.count == 1 { return [StyledText(cut(blank + first), .dim)] }
    let between = cells - first.count - last.count
    if between > 0 { return [StyledText(blank + first + String(repeating: " ", count: between) + last, .dim)] }
    let line = "\(first) – \(last)"
    let shift = min(indent, max(0, canvas.chartWidth - DisplayWidth.of(line)))
    return DisplayWidth.of(line) <= canvas.chartWidth
      ? [StyledText(String(repeating: " ", count: shift) + line, .dim)] : [StyledText(cut(first), .dim), StyledText(cut("– " + last), .dim)]
  }

  private func extremes(_ values: [Double?]) -> String? {
    let known = values.enumerated().compactMap { index, value in value.map { (index, $0) } }
    guard let least = known.min(by: { $0.1 < $1.1 }), let most = known.max(by: { $0.1 < $1.1 }) else { return nil }
    if least.1 == most.1 { return "always \(text(most.1))" }
    return "least \(text(least.1)), most \(text(most.1)) on \(when(axis.points[most.0]))"
  }

  private func columnText(_ stride: Int) -> String? {
    guard stride > 1 else { return nil }
    return "each column is \(stride) \(axis.step.map(\.rawValue) ?? "point")s"
  }

  // MARK: plain

  /// A bar for each day, or for so many that they fit.
  private func bars(_ series: (label: String, values: [Double?])) -> [StyledText] {
    let (points, stride) = fitted(series.values, cells: limit)
    let rows = points.enumerated().map { index, value in
      BarChart.Row(when(axis.points[index * stride]), value, text: value.map(text) ?? "null")
    }
    let name = series.label.isEmpty ? title.number : "\(series.label): \(title.number)"
    var lines = BarChart(width: canvas.chartWidth, limit: limit, drawing: .ascii).lines(rows, label: title.when, number: name)
    if stride > 1 { lines.append(StyledText(cut("each row is \(stride) \(axis.step.map(\.rawValue) ?? "point")s from the day on"), .dim)) }
    return lines
  }

  // MARK: texts

  private func when(_ key: Int) -> String {
    cells.text(isDate ? .date(key) : .time(key))
  }

  private func text(_ number: Double) -> String {
    switch type.required {
    case .duration: Value.duration(Int(exactly: number.rounded()) ?? 0).printed
    case .int: Int(exactly: number.rounded()).map { "\($0)" } ?? "\(number)"
    default: CellText.short(number)
    }
  }

  private func cut(_ text: String) -> String { TableLayout.cut(text, canvas.chartWidth) }
}
