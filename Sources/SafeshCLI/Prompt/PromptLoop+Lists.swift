internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// What the prompt knows of the organization while somebody types: lists that are at hand, fetched behind their back where that asks nobody for a secret.
extension PromptLoop {
  /// The lists whose names complete.
  private static let completed = ["members", "groups", "collections"]

  private static let headStart: Duration = .milliseconds(30)

  /// The world of a line, for what it needs to be checked.
  var world: LiveWorld { LiveWorld(session: place.session, surroundings: surroundings) }

  /// Begins with what a person will want first. A sandbox starts its server by that, while the prompt is there already.
  func beginFetching() {
    guard isTerminal, place.target.isTemporary else { return }
    fetch(Self.completed)
  }

  /// Fetches lists that are not at hand, while the prompt goes on.
  func fetch(_ lists: [String]) {
    guard place.target.opensSilently else { return }
    let (cached, waker, headStart) = (place.lists, editor?.waker, Self.headStart)
    Task.detached { [cached, waker, headStart, lists] in
      // Until the prompt is there a server that starts would only take its time.
      try? await Task.sleep(for: headStart)
      for list in lists {
        if await cached.fetch(list) { waker?.wake() }
      }
    }
  }

  /// Fetches anew what was at hand before a run that wrote past it.
  func renewLists() {
    let (cached, waker) = (place.lists, editor?.waker)
    Task.detached { if await cached.renew() { waker?.wake() } }
  }

  /// Names for completion; what is not at hand is fetched for the next time.
  var liveNames: LiveNames {
    let (cached, target, waker) = (place.lists, place.target, editor?.waker)
    return LiveNames(
      values: { list, field, beginning in
        if let found = cached.values(list, field, beginning: beginning, most: Self.mostNames) { return found }
        if target.opensSilently { Task.detached { if await cached.fetch(list) { waker?.wake() } } }
        return []
      }, files: { FileNames.beginning($0) })
  }

  /// Nobody looks through more.
  private static let mostNames = 200
}
