public import SecretSafeAPI

/// Events, newest first, of a window of any length. One page is in memory at a time (`api.md` 5.2, 7).
///
/// All filters count, although the server heeds only the first one. Iteration throws `ClientError`.
public struct EventSequence: AsyncSequence, Sendable {
  public typealias Element = Event

  let client: Client
  let filter: EventFilter

  public func makeAsyncIterator() -> Iterator {
    Iterator(client: client, reading: EventReading(filter))
  }

  public struct Iterator: AsyncIteratorProtocol {
    fileprivate let client: Client
    fileprivate var reading: EventReading
    private var page: ArraySlice<Event> = []

    fileprivate init(client: Client, reading: EventReading) {
      self.client = client
      self.reading = reading
    }

    public mutating func next() async throws(ClientError) -> Event? { try await next(isolation: nil) }

    public mutating func next(isolation actor: isolated (any Actor)?) async throws(ClientError) -> Event? {
      while true {
        while let event = page.popFirst() {
          if reading.isWanted(event) { return event }
        }
        guard let query = reading.query else { return nil }
        let answer = try await client.eventPage(query: query)
        try reading.take(continuationToken: answer.continuationToken)
        page = answer.data[...]
      }
    }
  }
}

/// The order in which pages are asked for: fed with the tokens that come, it tells the next query.
struct EventReading {
  private let filter: EventFilter
  private var end: Timestamp
  private var start: Timestamp
  private var token: String?
  private var isDone = false

  init(_ filter: EventFilter) {
    self.filter = filter
    end = max(filter.start, filter.end)
    start = Self.start(of: end, filter)
  }

  private static func start(of end: Timestamp, _ filter: EventFilter) -> Timestamp {
    max(min(filter.start, filter.end), Timestamp(microseconds: end.microseconds - EventFilter.longestWindow))
  }

  /// The query of the next page, with its question mark; nil when there is none. Both dates are always sent.
  var query: String? {
    if isDone { return nil }
    var parameters = [("start", start.description), ("end", end.description)]
    let filters = [
      ("actingUserId", filter.actingUserId), ("itemId", filter.itemId), ("secretId", filter.secretId), ("projectId", filter.projectId),
    ]
    if let (name, id) = filters.first(where: { $0.1 != nil }), let id { parameters.append((name, id.description)) }
    if let token { parameters.append(("continuationToken", token)) }
    return "?" + parameters.map { "\($0)=\(Client.formEncoded($1))" }.joined(separator: "&")
  }

  /// Whether it is within every filter, also those that the server did not get.
  func isWanted(_ event: Event) -> Bool {
    (filter.actingUserId == nil || event.actingUserId == filter.actingUserId) && (filter.itemId == nil || event.itemId == filter.itemId)
      && (filter.secretId == nil || event.secretId == filter.secretId) && (filter.projectId == nil || event.projectId == filter.projectId)
  }

  /// Goes on to the next page, or to the window before this one; the same token twice in a row is an error.
  mutating func take(continuationToken next: String?) throws(ClientError) {
    if let next, !next.isEmpty {
      guard next != token else {
        throw ClientError(.server, "the server gives the same page of events again and again (token \(next.prefix(80)))")
      }
      token = next
      return
    }
    token = nil
    if start <= min(filter.start, filter.end) {
      isDone = true
    } else {
      // Both ends belong to a window.
      end = Timestamp(microseconds: start.microseconds - 1)
      start = Self.start(of: end, filter)
    }
  }
}
