import Foundation
import SafeLanguage
import SecretSafeAPI
import Testing

@testable import SafeAutomation

/// What a watched script sees, and what is kept of it.
struct WatchTests {
  private static let minute = 60_000_000
  private static let noon = 1_800_000_000_000_000

  private static func event(_ moment: Int, _ type: Int = 1500) -> Event { Event(type: EventType(rawValue: type), date: Timestamp(microseconds: Int64(moment))) }

  /// What a script sees of these.
  private func see(_ events: [Event], in window: EventWindow) -> [Event] {
    var pass = window.begin()
    let seen = events.filter { pass.admits($0) }
    window.end(pass)
    return seen
  }

  @Test func whatWasSeenInTheOverlapIsDroppedAndWhatCameLateIsNot() {
    let (early, late, next) = (Self.event(Self.noon - 3 * Self.minute), Self.event(Self.noon - 2 * Self.minute), Self.event(Self.noon + Self.minute))
    let first = EventWindow(first: Self.noon - 5 * Self.minute, last: Self.noon)
    #expect(see([early], in: first) == [early])
    let checkpoint = WatchCheckpoint(after: first, read: Self.noon)
    #expect(checkpoint.first == Self.noon - 5 * Self.minute)
    let second = EventWindow(first: checkpoint.first, last: Self.noon + 5 * Self.minute, after: checkpoint)
    #expect(see([next, late, early], in: second) == [next, late])
    // And neither in the third.
    let third = WatchCheckpoint(after: second, read: Self.noon + 5 * Self.minute)
    #expect(see([next, late, early], in: EventWindow(first: third.first, last: .max, after: third)) == [])
  }

  @Test func theOverlapEndsTenMinutesBack() {
    let window = EventWindow(first: Self.noon - 60 * Self.minute, last: Self.noon)
    _ = see([Self.event(Self.noon - 30 * Self.minute), Self.event(Self.noon - Self.minute)], in: window)
    let checkpoint = WatchCheckpoint(after: window, read: Self.noon)
    #expect(checkpoint.first == Self.noon - 10 * Self.minute)
    #expect(checkpoint.seen.count == 1)
    // A window that ends longer ago than events come late is done with.
    let old = EventWindow(first: 0, last: Self.noon - 60 * Self.minute)
    _ = see([Self.event(Self.noon - 61 * Self.minute)], in: old)
    let next = WatchCheckpoint(after: old, read: Self.noon)
    #expect(next.first == Self.noon - 60 * Self.minute + 1 && next.seen.isEmpty)
  }

  @Test func ofEventsThatAreAlikeAsManyAreDroppedAsWereSeen() {
    let event = Self.event(Self.noon)
    let first = EventWindow(first: 0, last: Self.noon)
    #expect(see([event, event], in: first).count == 2)
    // Another list in the same run gets them, too.
    #expect(see([event], in: first).count == 1)
    let checkpoint = WatchCheckpoint(after: first, read: Self.noon)
    #expect(see([event, event, event], in: EventWindow(first: 0, last: .max, after: checkpoint)).count == 1)
    #expect(see([Self.event(Self.noon, 1501)], in: EventWindow(first: 0, last: .max, after: checkpoint)).count == 1)
  }

  @Test func aCheckpointIsReadBackAsItWasWritten() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = WatchCheckpoint.Place(folder: folder, script: "/s/leavers.safe", organization: "https://a/api organization.1")
    #expect(try WatchCheckpoint(at: place) == nil)
    let start = WatchCheckpoint(first: Self.noon)
    try start.write(to: place)
    #expect(try WatchCheckpoint(at: place) == start && !start.isAfterRun)
    let nothing = WatchCheckpoint(after: EventWindow(first: 0, last: Self.noon), read: Self.noon)
    try nothing.write(to: place)
    #expect(try WatchCheckpoint(at: place) == nothing && nothing.isAfterRun)
    let window = EventWindow(first: Self.noon - 7, last: Self.noon)
    _ = see([Self.event(Self.noon), Self.event(Self.noon - 3), Self.event(Self.noon)], in: window)
    let checkpoint = WatchCheckpoint(after: window, read: Self.noon)
    try checkpoint.write(to: place)
    #expect(try WatchCheckpoint(at: place) == checkpoint)
    let others = [
      WatchCheckpoint.Place(folder: folder, script: "/t/leavers.safe", organization: place.organization),
      WatchCheckpoint.Place(folder: folder, script: place.script, organization: "https://a/api organization.2"),
    ]
    for other in others { #expect(other.path != place.path) }
    try FileManager.default.copyItem(atPath: place.path, toPath: others[0].path)
    let foreign = #expect(throws: WatchCheckpoint.Failure.self) { try WatchCheckpoint(at: others[0]) }
    #expect(foreign?.description == "\(others[0].path): $: it is of another script or organization; remove the file to begin with --since")
  }

  @Test func aLongWindowIsCutIntoPartsOfAboutOneSize() {
    var batches = EventBatches(size: 10)
    for moment in stride(from: 1_000, to: 955, by: -1) { batches.add(moment) }
    let windows = batches.windows(900, 1_000)
    #expect(windows.first?.lowerBound == 900 && windows.last?.upperBound == 1_000)
    for (one, next) in zip(windows, windows.dropFirst()) { #expect(one.upperBound + 1 == next.lowerBound) }
    let counts = windows.map { window in (956...1_000).count { window.contains($0) } }
    #expect(counts.reduce(0, +) == 45 && counts.allSatisfy { $0 <= 10 }, "\(counts)")
    #expect(EventBatches().windows(5, 9) == [5...9])
  }

  @Test func eventsOfOneMomentStayTogether() {
    var batches = EventBatches(size: 3)
    for moment in [9, 9, 9, 9, 9, 4, 4, 1] { batches.add(moment) }
    #expect(batches.windows(0, 10) == [0...4, 5...10])
  }
}
