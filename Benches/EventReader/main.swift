// What `scripts/bench events` measures: reads all events between two moments through the client, as any program that uses it would.
// Takes the two moments; the server and its key are in SAFESH_URL, SAFESH_CLIENT_ID and SAFESH_CLIENT_SECRET.
import Foundation
import SecretSafeAPI
import SecretSafeClient
import Synchronization

/// Whether events come newest first and each once. An event that came again in that order would be of the same moment, so those of one
/// moment are all that is remembered.
struct OrderCheck {
  private var moment: Timestamp?
  private var events: Set<Event> = []

  /// What is wrong with the event, or nil.
  mutating func take(_ event: Event) -> String? {
    if let moment, event.date > moment { return "an event of \(event.date) came after one of \(moment)" }
    if event.date != moment {
      moment = event.date
      events.removeAll(keepingCapacity: true)
    }
    return events.insert(event).inserted ? nil : "an event of \(event.date) came twice"
  }
}

/// The most memory that this process ever had, in KiB; nil where there is no /proc.
func peakMemory() -> Int? {
  guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
  return status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }.flatMap { line in Int(line.filter(\.isNumber)) }
}

func seconds(_ duration: Duration) -> String { String(format: "%.1f", duration / .seconds(1)) }

func end(_ text: String) -> Never {
  FileHandle.standardError.write(Data("EventReader: \(text)\n".utf8))
  exit(1)
}

func read(_ credentials: Credentials, _ filter: EventFilter) async throws -> String {
  let pages = Atomic(0)
  var options = Client.Options()
  options.onRequest = { if $0 == Endpoint.eventsList.name { pages.add(1, ordering: .relaxed) } }
  let client = Client(credentials, options: options)
  try await client.signIn()
  let start = ContinuousClock.now
  var count = 0
  var check = OrderCheck()
  // The time of each 50,000 events, which are 1,000 pages.
  var (first, last, mark): (Duration?, Duration, ContinuousClock.Instant) = (nil, .zero, start)
  for try await event in client.events(filter) {
    if let problem = check.take(event) { end(problem) }
    count += 1
    if count.isMultiple(of: 50_000) {
      last = mark.duration(to: .now)
      first = first ?? last
      mark = .now
    }
  }
  let total = start.duration(to: .now)
  await client.shutdown()
  var text = "\(count) events in \(pages.load(ordering: .relaxed)) pages: \(seconds(total)) s"
  if let first { text += "; the first 50,000 in \(seconds(first)) s, the last in \(seconds(last)) s" }
  return text + "; peak memory of the reader \(peakMemory().map { "\($0) KiB" } ?? "unknown")"
}

let moments = CommandLine.arguments.dropFirst().compactMap { Timestamp($0) }
guard CommandLine.arguments.count == 3, moments.count == 2 else { end("usage: EventReader START END, two moments such as 2026-01-31T08:00:00Z") }
do {
  guard let credentials = try Credentials.fromEnvironment(ProcessInfo.processInfo.environment) else {
    end("\(Credentials.variables.joined(separator: ", ")) are not set")
  }
  print(try await read(credentials, EventFilter(start: moments[0], end: moments[1])))
} catch let error as ClientError { end(error.message) }
