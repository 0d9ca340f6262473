/// The text format of Prometheus, version 0.0.4.
struct MetricsText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  private(set) var text = ""

  /// Series of one name stand together below its two comments.
  mutating func family(_ name: String, _ type: String, _ help: String?) {
    if let help { text += "# HELP \(name) \(help)\n" }
    text += "# TYPE \(name) \(type)\n"
  }

  mutating func sample(_ name: String, _ labels: [String] = [], _ value: String) {
    text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels.joined(separator: ","))} \(value)\n"
  }

  mutating func add(_ registry: MetricsRegistry, help: [String: String]) {
    var last: String?
    for (id, series) in registry.all() {
      if id.name != last { family(id.name, series.type, help[id.name]) }
      last = id.name
      switch series {
      case .counter(let cell): sample(id.name, id.labels, String(cell.value))
      case .gauge(let cell): sample(id.name, id.labels, "\(cell.value)")
      case .histogram(let cell):
        let value = cell.value
        var total = 0
        for (bound, count) in zip(MetricsRegistry.bounds.map { "\($0)" } + ["+Inf"], value.counts) {
          total += count
          sample(id.name + "_bucket", id.labels + ["le=\"\(bound)\""], String(total))
        }
        sample(id.name + "_sum", id.labels, "\(value.sum)")
        sample(id.name + "_count", id.labels, String(total))
      }
    }
  }

  /// A label's value between quotes.
  static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}

extension MetricsRegistry.Series {
  fileprivate var type: String {
    switch self {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }
}
