import SecretSafeAPI

/// What happened at Acme in the four weeks before it is made: mostly people who sign in and look at items. The same on every machine, but for
/// the days, which end at the one given.
enum DemoHistory {
  private static let days = 28
  private static let microsecondsADay: Int64 = 86_400_000_000

  /// What people do, each as often as it stands here.
  private static let habits = [1000, 1000, 1000, 1107, 1107, 1107, 1107, 1111, 1111, 1111, 1114, 1114, 1101, 1100, 1108, 1005, 1115]
  private static let devices = [DeviceType(rawValue: 2), DeviceType(rawValue: 3), DeviceType(rawValue: 6), DeviceType(rawValue: 8), DeviceType(rawValue: 9)]

  /// Oldest first.
  static func events(_ members: [Member], until now: Timestamp) -> [Event] {
    var generator = SplitMix(state: 0x5AFE)
    let people = members.filter { $0.status == .confirmed }
    guard !people.isEmpty else { return [] }
    var events: [Event] = []
    let today = now.microseconds - now.microseconds % microsecondsADay
    for day in 1...days {
      let morning = today - Int64(days + 1 - day) * microsecondsADay
      // Quiet at weekends: 1970-01-01 was a Thursday.
      let isWeekend = [2, 3].contains((morning / microsecondsADay) % 7)
      for _ in 0..<(isWeekend ? 4 : 22) {
        let moment = morning + Int64(7 * 3_600_000_000) + Int64.random(in: 0..<39_600_000_000, using: &generator)
        events.append(event(people, at: Timestamp(microseconds: moment), &generator))
      }
      // Once a week somebody takes the vault along.
      if day % 7 == 3 {
        let person = people[day % people.count]
        events.append(Event(type: EventType(rawValue: 1602), actingUserId: person.userId, date: Timestamp(microseconds: morning + 64_800_000_000)))
      }
    }
    return events.sorted { $0.date < $1.date }
  }

  private static func event(_ people: [Member], at moment: Timestamp, _ generator: inout SplitMix) -> Event {
    let index = Int.random(in: 0..<people.count, using: &generator)
    let type = habits.randomElement(using: &generator) ?? 1000
    let isAboutItem = (1100..<1200).contains(type)
    return Event(
      type: EventType(rawValue: type), itemId: isAboutItem ? item(.random(in: 0..<40, using: &generator)) : nil, actingUserId: people[index].userId,
      date: moment, device: devices.randomElement(using: &generator), ipAddress: "203.0.113.\(index % 200 + 1)")
  }

  private static func item(_ number: UInt64) -> GUID {
    var generator = SplitMix(state: 0x17E4 << 32 | number)
    return GUID.random(using: &generator)
  }
}
