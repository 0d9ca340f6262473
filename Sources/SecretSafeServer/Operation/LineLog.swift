import Logging
import SecretSafeAPI

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
  private let write: @Sendable (String) -> Void

  /// `write` gets lines without their end, from many threads.
  static func logger(_ format: LogFormat, _ write: @escaping @Sendable (String) -> Void) -> Logger {
    Logger(label: "safesh.server") { _ in LineLog(format: format, write: write) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let request: RequestLine? = if case .stringConvertible(let value)? = event.metadata?["request"] { value as? RequestLine } else { nil }
    log(request, event, metadata.merging(event.metadata ?? [:]) { $1 }.filter { $0.key != "request" || request == nil }.sorted { $0.key < $1.key })
  }

  /// A request that was answered. There is one for each, so this way is free of events and their metadata.
  func log(_ request: RequestLine) { log(request, nil, []) }

  /// Without an event it is a plain request, which says what it is by itself.
  private func log(_ request: RequestLine?, _ event: LogEvent?, _ others: [(key: String, value: Logger.Metadata.Value)]) {
    switch format {
    case .text:
      var line: [UInt8] = []
      line.reserveCapacity(256)
      Timestamp.now().append(to: &line)
      if let event { line += " \(event.level) \(event.message)".utf8 }
      if let request {
        line.append(UInt8(ascii: " "))
        request.append(to: &line)
      }
      for (key, value) in others { line += " \(key)=\(Self.quoted("\(value)"))".utf8 }
      Self.makePrintable(&line)
      write(String(decoding: line, as: UTF8.self))
    case .json:
      var time: [UInt8] = []
      Timestamp.now().append(to: &time)
      var writer = JSONWriter()
      writer.object {
        $0.member("time", String(decoding: time, as: UTF8.self))
        $0.member("level", (event?.level ?? .info).rawValue)
        $0.member("message", event.map { "\($0.message)" } ?? "request")
        request?.write(to: &$0)
        for (key, value) in others {
          $0.key(key)
          $0.string("\(value)")
        }
      }
      write(String(decoding: writer.bytes, as: UTF8.self))
    }
  }

  private static func quoted(_ text: String) -> String {
    text.utf8.contains(UInt8(ascii: " ")) ? "\"" + text.replacing("\"", with: "'") + "\"" : text
  }

  /// Whatever a path holds, a line stays one line.
  private static func makePrintable(_ line: inout [UInt8]) {
    for index in line.indices where line[index] < 0x20 || line[index] == 0x7F { line[index] = UInt8(ascii: "?") }
  }
}
