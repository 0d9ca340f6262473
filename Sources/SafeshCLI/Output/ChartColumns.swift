internal import SafeLanguage

/// What the columns of a table are in a chart.
struct ChartColumns {
  /// The first date or time.
  let when: Int?
  /// What a row is called.
  let labels: [Int]
  let numbers: [Int]

  /// Where all are numbers, the first of several says what each row is of: an hour, a year.
  init(_ type: RecordType, _ schema: Schema) {
    let shown = type.shown(schema).compactMap { type.index(of: $0.name) }
    func kind(_ column: Int) -> SafeLanguage.`Type` { type.fields[column].type.required }
    var numbers = shown.filter { kind($0).isDrawn }
    let when = shown.first { kind($0) == .date || kind($0) == .time }
    var labels = shown.filter { column in column != when && kind(column).isLabel }
    // Rows of an organization have names, and much else that would be too long for a label.
    if type.resource != nil { labels = Array(labels.prefix(1)) }
    if labels.isEmpty, when == nil, numbers.count > 1 { labels = [numbers.removeFirst()] }
    self.when = when
    self.labels = labels
    self.numbers = numbers
  }
}

extension SafeLanguage.`Type` {
  fileprivate var isLabel: Bool {
    switch self {
    case .text, .email, .id, .enumeration, .bool, .date, .time: true
    default: false
    }
  }
}
