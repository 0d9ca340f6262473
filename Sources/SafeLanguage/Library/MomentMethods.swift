/// Dates and times, all in UTC. Weeks are those of ISO 8601: they begin on Monday.
extension Library {
  static let momentMethods: [Method] = [
    Method(
      "day", on: .moment, [], "its date", "2026-01-31T10:00:00Z.day()", "2026-01-31", type: { _, _ in .date },
      body: .value { receiver, _ in .date(receiver.daysSinceEpoch) }),
    part("year", "its year", "2026-01-31.year()", "2026") { Calendar.civil($0).year },
    part("month", "its month, 1 to 12", "2026-01-31.month()", "1") { Calendar.civil($0).month },
    part("dayOfMonth", "its day in the month, 1 to 31", "2026-01-31.dayOfMonth()", "31") { Calendar.civil($0).day },
    part("week", "its week, 1 to 53; the first is that of the year's first Thursday", "2026-01-31.week()", "5") { Calendar.week($0) },
    part("weekday", "its day in the week, 1 (Monday) to 7 (Sunday)", "2026-01-31.weekday()", "6") { Calendar.weekday($0) },
    start("startOfWeek", "the Monday of its week", "2026-01-31.startOfWeek()", "2026-01-26") { $0 - Calendar.weekday($0) + 1 },
    start("startOfMonth", "the first day of its month", "2026-01-31.startOfMonth()", "2026-01-01") { $0 - Calendar.civil($0).day + 1 },
    start("startOfYear", "the first day of its year", "2026-01-31.startOfYear()", "2026-01-01") {
      Calendar.days(year: Calendar.civil($0).year, month: 1, day: 1)
    },
    clock("hour", "its hour, 0 to 23", "2026-01-31T10:20:30Z.hour()", "10") { $0 / 3600 },
    clock("minute", "its minute, 0 to 59", "2026-01-31T10:20:30Z.minute()", "20") { $0 / 60 % 60 },
    clock("second", "its second, 0 to 59", "2026-01-31T10:20:30Z.second()", "30") { $0 % 60 },
    Method(
      "startOfHour", on: .time, [], "the time at which its hour began", "2026-01-31T10:20:30Z.startOfHour()", "2026-01-31T10:00:00Z", type: { _, _ in .time },
      body: .value { receiver, _ in
        .time(receiver.microseconds - Calendar.floorDivision(receiver.microseconds, 3_600_000_000).remainder)
      }),
    Method(
      "time", on: .date, [], "its first instant", "2026-01-31.time()", "2026-01-31T00:00:00Z", type: { _, _ in .time },
      body: .value { receiver, _ in .time(receiver.microseconds) }),
    Method(
      "format", on: .moment, [.checked("form") { DateFormat.problem($0).map { TextProblem($0) } }],
      "as the form says: `yyyy yy`, `MMMM MMM MM M`, `dd d`, `dddd ddd` (weekday), `HH H`, `mm`, `ss`, `fff`; other letters stand in '…'",
      #"2026-01-31T10:20:30Z.format("d MMM yyyy, HH:mm")"#, #""31 Jan 2026, 10:20""#, type: { _, _ in .text },
      body: .value { receiver, arguments throws(RunError) in
        if let problem = DateFormat.problem(arguments[0].string) { throw RunError(.data, problem) }
        return try limited(DateFormat.text(of: receiver.microseconds, arguments[0].string))
      }),
  ]

  private static func part(_ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (Int) -> Int) -> Method {
    Method(
      name, on: .moment, [], summary, code, result, type: { _, _ in .int },
      body: .value { receiver, _ in .int(body(receiver.daysSinceEpoch)) })
  }

  private static func start(_ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (Int) -> Int) -> Method {
    Method(
      name, on: .moment, [], summary, code, result, type: { _, _ in .date },
      body: .value { receiver, _ throws(RunError) in .date(try Calendar.require(days: body(receiver.daysSinceEpoch))) })
  }

  /// From the seconds since the day began.
  private static func clock(_ name: String, _ summary: String, _ code: String, _ result: String, _ body: @escaping @Sendable (Int) -> Int) -> Method {
    Method(
      name, on: .time, [], summary, code, result, type: { _, _ in .int },
      body: .value { receiver, _ in
        .int(body(Calendar.floorDivision(receiver.microseconds, Calendar.microsecondsPerDay).remainder / 1_000_000))
      })
  }
}

extension Value {
  fileprivate var daysSinceEpoch: Int {
    if case .date(let days) = self { return days }
    return Calendar.floorDivision(microseconds, Calendar.microsecondsPerDay).quotient
  }
}

extension Calendar {
  /// 1 (Monday) to 7 (Sunday); 1970-01-01 was a Thursday.
  static func weekday(_ days: Int) -> Int { floorDivision(days + 3, 7).remainder + 1 }

  /// The week belongs to the year that its Thursday is in.
  static func week(_ days: Int) -> Int {
    let thursday = days - weekday(days) + 4
    return (thursday - self.days(year: civil(thursday).year, month: 1, day: 1)) / 7 + 1
  }
}

/// The forms of `format`, with the letters that .NET and Kusto give them.
enum DateFormat {
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]
  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  private static let known = ["yyyy", "yy", "MMMM", "MMM", "MM", "M", "dddd", "ddd", "dd", "d", "HH", "H", "mm", "m", "ss", "s", "fff"]

  /// What is wrong with a form, or nil.
  static func problem(_ form: String) -> String? {
    for piece in pieces(form) {
      if case .letters(let letters) = piece, !known.contains(letters) {
        return "'\(letters)' is no part of a date: use yyyy, MM, dd, ddd, HH, mm, ss, fff, and '…' around words"
      }
    }
    return nil
  }

  static func text(of microseconds: Int, _ form: String) -> String {
    let (days, rest) = Calendar.floorDivision(microseconds, Calendar.microsecondsPerDay)
    let civil = Calendar.civil(days)
    let seconds = rest / 1_000_000
    return pieces(form).map { piece -> String in
      guard case .letters(let letters) = piece else {
        if case .other(let text) = piece { return text }
        return ""
      }
      switch letters {
      case "yyyy": return padded(civil.year, 4)
      case "yy": return padded(Calendar.floorDivision(civil.year, 100).remainder, 2)
      case "MMMM": return months[civil.month - 1]
      case "MMM": return String(months[civil.month - 1].prefix(3))
      case "MM", "M": return padded(civil.month, letters.count)
      case "dddd": return weekdays[Calendar.weekday(days) - 1]
      case "ddd": return String(weekdays[Calendar.weekday(days) - 1].prefix(3))
      case "dd", "d": return padded(civil.day, letters.count)
      case "HH", "H": return padded(seconds / 3600, letters.count)
      case "mm", "m": return padded(seconds / 60 % 60, letters.count)
      case "ss", "s": return padded(seconds % 60, letters.count)
      default: return padded(rest % 1_000_000 / 1000, 3)
      }
    }.joined()
  }

  private enum Piece {
    case letters(String)
    case other(String)
  }

  /// Runs of one letter, and what stands between them or in quotes.
  private static func pieces(_ form: String) -> [Piece] {
    var pieces: [Piece] = []
    var rest = form.unicodeScalars[...]
    while let first = rest.first {
      if first == "'" {
        let inside = rest.dropFirst().prefix { $0 != "'" }
        pieces.append(.other(String(inside)))
        rest = rest.dropFirst(inside.count + 2)
      } else if first.isASCII, first.properties.isAlphabetic {
        let run = rest.prefix { $0 == first }
        pieces.append(.letters(String(run)))
        rest = rest.dropFirst(run.count)
      } else {
        pieces.append(.other(String(first)))
        rest = rest.dropFirst()
      }
    }
    return pieces
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
