import Logging
import SecretSafeAPI
import Synchronization

/// How the server's log is written: a line for each request and each thing that happened.
public enum LogFormat: String, Sendable, CaseIterable {
  /// `TIME METHOD PATH STATUS name=value …`, and `TIME LEVEL what happened name=value …`
  case text
  /// One JSON object in a line.
  case json
}

/// Log events as lines with the time in front.
struct LineLog: LogHandler {
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  private let format: LogFormat
  private let clock: Clock
  private let write: @Sendable (String) -> Void

  /// `write` gets lines without their end, from many threads.
  static func logger(_ format: LogFormat, _ write: @escaping @Sendable (String) -> Void) -> Logger {
    Logger(label: "safesh.server") { _ in LineLog(format: format, clock: Clock(), write: write) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let time = clock.text(.now())
    let request: RequestLine? = if case .stringConvertible(let value)? = event.metadata?["request"] { value as? RequestLine } else { nil }
    let others = others(event, isRequest: request != nil)
    switch format {
    case .text:
      var line: [UInt8] = []
      line.reserveCapacity(256)
      line.append(text: time)
      // A plain request says what it is by itself.
      if request?.outcome == nil || !others.isEmpty { line += " \(event.level) \(event.message)".utf8 }
      if let request {
        line.append(UInt8(ascii: " "))
        request.append(to: &line)
      }
      for (key, value) in others { line += " \(key)=\(Self.quoted("\(value)"))".utf8 }
      write(Self.printable(line))
    case .json:
      var writer = JSONWriter()
      writer.object {
        $0.member("time", time)
        $0.member("level", event.level.rawValue)
        $0.member("message", "\(event.message)")
        request?.write(to: &$0)
        for (key, value) in others { $0.member(key, "\(value)") }
      }
      write(String(decoding: writer.bytes, as: UTF8.self))
    }
  }

  /// What else is told, by name. For nearly every line that is nothing.
  private func others(_ event: LogEvent, isRequest: Bool) -> [(key: String, value: Logger.Metadata.Value)] {
    if isRequest, metadata.isEmpty, event.metadata?.count == 1 { return [] }
    return metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "request" || !isRequest }.sorted { $0.key < $1.key }
  }

  private static func quoted(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: " ")) ? "\"" + text.replacing("\"", with: "'") + "\"" : text
  }

  /// Whatever a path holds, a line stays one line.
  private static func printable(_ line: [UInt8]) -> String {
    var line = line
    for index in line.indices where line[index] < 0x20 || line[index] == 0x7F { line[index] = UInt8(ascii: "?") }
    return String(decoding: line, as: UTF8.self)
  }

  /// Times with six digits of a second, so that they stand below each other. The part before them is kept for a second.
  private final class Clock: Sendable {
    private let state = Mutex((second: Int64.min, text: ""))

    func text(_ time: Timestamp) -> String {
      let (second, fraction) = time.microseconds.quotientAndRemainder(dividingBy: 1_000_000)
      let whole = state.withLock { state in
        if state.second != second { state = (second, String(Timestamp(microseconds: second * 1_000_000).description.dropLast())) }
        return state.text
      }
      return whole + "." + String(String(1_000_000 + fraction).dropFirst()) + "Z"
    }
  }
}
