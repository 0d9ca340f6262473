internal import SafeLanguage
internal import SecretSafeAPI
internal import SecretSafeClient

extension Organization {
  /// Reads events page by page until there are enough; `keeping` gives them as models, too.
  func events(
    _ query: RowQuery, now: Int, keeping: Bool = false, window: EventWindow? = nil, isInterrupted: @Sendable () -> Bool
  ) async throws(RunError) -> (table: Table, models: [Event]) {
    var builder = TableBuilder(SecretSafeSchema.events.row)
    var models: [Event] = []
    var actors: [GUID?] = []
    if let actor = query.arguments["actor"] { actors.append(try await user(actor)) }
    for condition in query.conditions where condition.field == "actor" {
      // Somebody who is no member did nothing that the condition could hold for.
      do throws(RunError) { actors.append(try await user(condition.value)) } catch {
        guard error.kind == .notFound else { throw error }
        actors.append(nil)
      }
    }
    let limit = query.limit ?? .max
    guard limit > 0, let wanted = EventQuery(query, actors: actors, now: now, clock: Int(Timestamp.now().microseconds), window: window) else {
      return (builder.table(), models)
    }
    let window = EventQuery.window(window, of: query)
    var pass = window?.begin()
    do {
      for try await event in client.events(wanted.filter) where wanted.isWanted(event) && pass?.admits(event) != false {
        builder.add(Rows.values(event))
        if keeping { models.append(event) }
        if builder.count >= limit { break }
        if builder.count % 64 == 0, isInterrupted() { throw RunError(.refused, "interrupted", reach: .interrupted) }
      }
    } catch { throw RunError(error) }
    if let window, let pass { window.end(pass) }
    return (builder.table(), models)
  }
}
