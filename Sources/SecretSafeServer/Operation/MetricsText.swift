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
    for (id, cell) in registry.all() {
      if id.name != last { family(id.name, type(of: cell).type, help[id.name]) }
      last = id.name
      cell.write(to: &self, id)
    }
  }

  /// A label's value between quotes.
  static func escaped(_ value: String) -> String {
    value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }
}
