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

  enum Series {
    case counter(CounterCell)
    case gauge(GaugeCell)
    case histogram(HistogramCell)
  }

  private let series = Mutex<[ID: Series]>([:])

  /// By name, then by labels.
  func all() -> [(id: ID, series: Series)] {
    series.withLock { $0.map { ($0.key, $0.value) } }.sorted { ($0.id.name, $0.id.labels.joined(separator: ",")) < ($1.id.name, $1.id.labels.joined(separator: ",")) }
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions) { .counter(CounterCell()) } matching: { if case .counter(let cell) = $0 { cell } else { nil } } ?? CounterCell()
  }

  func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions) { .gauge(GaugeCell()) } matching: { if case .gauge(let cell) = $0 { cell } else { nil } } ?? GaugeCell()
  }

  func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
    if !aggregate { return series(label, dimensions) { .gauge(GaugeCell()) } matching: { if case .gauge(let cell) = $0 { cell } else { nil } } ?? GaugeCell() }
    return series(label, dimensions) { .histogram(HistogramCell()) } matching: { if case .histogram(let cell) = $0 { cell } else { nil } } ?? HistogramCell()
  }

  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions) { .histogram(HistogramCell()) } matching: { if case .histogram(let cell) = $0 { cell } else { nil } } ?? HistogramCell()
  }

  // What was counted stays, as Prometheus expects.
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyMeter(_ handler: any MeterHandler) {}
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}

  /// The series of that name and labels; nil if there is one of another kind, whose owner keeps it.
  private func series<Cell>(
    _ name: String, _ dimensions: [(String, String)], _ make: () -> Series, matching: (Series) -> Cell?
  ) -> Cell? {
    let id = ID(name: name, labels: dimensions.map { "\($0.0)=\"\(MetricsText.escaped($0.1))\"" })
    return series.withLock { all in
      if let existing = all[id] { return matching(existing) }
      let made = make()
      all[id] = made
      return matching(made)
    }
  }
}

final class CounterCell: CounterHandler {
  private let total = Atomic<Int64>(0)
  var value: Int64 { total.load(ordering: .relaxed) }

  func increment(by amount: Int64) { total.wrappingAdd(amount, ordering: .relaxed) }
  func reset() { total.store(0, ordering: .relaxed) }
}

final class GaugeCell: MeterHandler, RecorderHandler {
  private let current = Mutex(0.0)
  var value: Double { current.withLock { $0 } }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { current.withLock { $0 = value } }
  func increment(by amount: Double) { current.withLock { $0 += amount } }
  func decrement(by amount: Double) { current.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }
}

final class HistogramCell: TimerHandler, RecorderHandler {
  struct State {
    /// One for each bound and one for what is above them; each counts its own only.
    var counts = [Int](repeating: 0, count: MetricsRegistry.bounds.count + 1)
    var sum = 0.0
  }

  private let state = Mutex(State())
  var value: State { state.withLock { $0 } }

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
