internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// What is asked before a plan is carried out.
struct WriteQuestion {
  private let changes: Int
  /// What cannot be brought back.
  private let ends: Int
  private let isSure: Bool
  private let mayChange: Bool
  private let cancelsOut: Bool

  /// - Parameter destroys: whether the line has a call that takes something away for good.
  init(_ plan: Plan, destroys: Bool) {
    changes = plan.changes
    // What destroys without taking an object away, as a purchase, is counted by its calls.
    ends = destroys && changes > 0 ? plan.destroyed > 0 ? plan.destroyed : changes : 0
    isSure = plan.failures.isEmpty && plan.result.failedRows == 0
    mayChange = plan.mayChange
    cancelsOut = plan.cancelsOut
  }

  /// Whether anything has to be asked of a line of the prompt.
  var isNeeded: Bool { ends > 0 || mayChange && !(changes <= 1 && isSure) }

  /// - Parameter offersAll: whether there is more to see than is shown.
  func words(on target: String, offersAll: Bool) -> String {
    if ends > 0 {
      let things = "\(ends) \(ends == 1 ? "thing" : "things") cannot be brought back"
      return "\(things); type \(ends) to do this on \(target)\(offersAll ? ", or l to list all" : ""): "
    }
    let what = cancelsOut ? " that \(changes == 1 ? "leaves" : "leave") everything as it is" : ""
    let ask = changes == 0 ? "carry this out" : "make \(changes) \(changes == 1 ? "change" : "changes")\(what)"
    return "\(ask) on \(target)? \(offersAll ? "[y/N, l lists all]" : "[y/N]") "
  }

  /// Asks, and asks again after each look at the whole.
  ///
  /// - Parameter all: the whole of what is shown in part; nil where nothing is left out.
  func isAccepted(on target: String, seeing all: (() -> String)?, _ console: Console, isGivenUp: () -> Bool) -> Bool {
    while true {
      let answer = console.asking { Question.ask(words(on: target, offersAll: all != nil), isGivenUp: isGivenUp) }
      guard let all, ["l", "list"].contains((answer ?? "").lowercased().filter { !$0.isWhitespace }) else { return isAccepted(by: answer) }
      console.list(all())
    }
  }

  private func isAccepted(by answer: String?) -> Bool {
    ends > 0 ? answer?.filter { !$0.isWhitespace } == String(ends) : Question.isYes(answer)
  }
}
