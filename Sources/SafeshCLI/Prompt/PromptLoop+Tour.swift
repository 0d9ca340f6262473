internal import SafeTerminal

extension PromptLoop {
  /// Begins the tour, goes on, or ends it.
  func walk(_ argument: String) -> ExitStatus {
    guard !place.target.isLive else {
      console.message("the tour changes things, so it is for the sandbox: ':profile sandbox' goes there", .error)
      return .refused
    }
    switch argument {
    case "": tour = tour ?? Tour()
    case "next":
      tour = tour ?? Tour()
      tour?.skip()
    case "end":
      tour = nil
      console.message("the tour is over; ':tour' begins it anew", .dim)
      return .done
    default:
      console.message("':tour' begins, ':tour next' leaves a step out, ':tour end' ends it", .error)
      return .usage
    }
    showStep()
    return .done
  }

  /// After each entry: the next step, if it was the one that the tour waits for.
  func noteForTour(_ text: String, _ status: ExitStatus) {
    // Who is asked may say no, and has seen what there was to see.
    guard status == .done || isDeclined else { return }
    if tour?.entered(text) == true { showStep() }
  }

  private func showStep() {
    guard let tour else { return }
    let lines = tour.lines
    console.message(lines[0], .bold)
    // A line to be typed is one.
    for line in lines.dropFirst() {
      for part in line.hasPrefix(" ") ? [line] : RecordText.wrapped(line, console.canvas.size?.columns) { console.message(part) }
    }
    if tour.isOver { self.tour = nil }
  }
}
