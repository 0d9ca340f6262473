import CoreMetrics
import Synchronization

/// Holds what is counted through swift-metrics, in the forms of Prometheus: counters, gauges and histograms.
final class MetricsRegistry: MetricsFactory {
  /// Seconds of a histogram's bounds: from a read that is answered from memory to what a client gives up on.
  static let bounds: [Double] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

  struct ID: Hashable {
    let name: String
    let labels: [String]
  }

  private let cells = Mutex<[ID: any MetricCell]>([:])

  /// By name, then by labels.
  func all() -> [(id: ID, cell: any MetricCell)] {
    let all = cells.withLock { $0.map { (id: $0.key, cell: $0.value) } }
    return all.sorted { ($0.id.name, $0.id.labels.joined(separator: ",")) < ($1.id.name, $1.id.labels.joined(separator: ",")) }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { cell(label, dimensions) as CounterCell }
  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { cell(label, dimensions) as GaugeCell }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { cell(label, dimensions) as HistogramCell }
  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    aggregate ? cell(label, dimensions) as HistogramCell : cell(label, dimensions) as GaugeCell
  }

  // What was counted stays, as Prometheus expects.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}

  /// The one of that name and labels. If that is of another kind its owner keeps it, and this one is not shown.
  private func cell<Cell: MetricCell>(_ name: String, _ dimensions: [(String, String)]) -> Cell {
    let id = ID(name: name, labels: dimensions.map { "\($0.0)=\"\(MetricsText.escaped($0.1))\"" })
    return cells.withLock { all in
      if let existing = all[id] { return existing as? Cell ?? Cell() }
      let made = Cell()
      all[id] = made
      return made
    }
  }
}

/// One series: where it is counted, and how it is shown.
protocol MetricCell: AnyObject, Sendable {
  static var type: String { get }
  init()
  func write(to text: inout MetricsText, _ id: MetricsRegistry.ID)
}

final class CounterCell: CounterHandler, MetricCell {
  static let type = "counter"
  private let total = Atomic<Int64>(0)

  func write(to text: inout MetricsText, _ id: MetricsRegistry.ID) { text.sample(id.name, id.labels, String(total.load(ordering: .relaxed))) }
  func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { total.store(0, ordering: .relaxed) }
}

final class GaugeCell: MeterHandler, RecorderHandler, MetricCell {
  static let type = "gauge"
  private let current = Mutex(0.0)

  func write(to text: inout MetricsText, _ id: MetricsRegistry.ID) { text.sample(id.name, id.labels, "\(current.withLock { $0 })") }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { current.withLock { $0 = value } }
  func increment(by amount: Double) { current.withLock { $0 += amount } }
  func decrement(by amount: Double) { current.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }
}

final class HistogramCell: TimerHandler, RecorderHandler, MetricCell {
  static let type = "histogram"

  private struct State {
    /// One for each bound and one for what is above them; each counts its own only.
    var counts = [Int](repeating: 0, count: MetricsRegistry.bounds.count + 1)
    var sum = 0.0
  }

  private let state = Mutex(State())

  func write(to text: inout MetricsText, _ id: MetricsRegistry.ID) {
    let state = state.withLock { $0 }
    var total = 0
    for (bound, count) in zip(MetricsRegistry.bounds.map { "\($0)" } + ["+Inf"], state.counts) {
      total += count
      text.sample(id.name + "_bucket", id.labels + ["le=\"\(bound)\""], String(total))
    }
    text.sample(id.name + "_sum", id.labels, "\(state.sum)")
    text.sample(id.name + "_count", id.labels, String(total))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }
  func record(_ value: Double) {
    let index = MetricsRegistry.bounds.firstIndex { value <= $0 } ?? MetricsRegistry.bounds.count
    state.withLock {
      $0.counts[index] += 1
      $0.sum += value
    }
  }
}
