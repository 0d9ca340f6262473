internal import Dispatch
internal import Foundation
internal import SafeAutomation
internal import SafeLanguage
internal import SafeTerminal

/// What a person is asked before a run and during it, on the terminal itself.
struct RunQuestions: Sendable {
  let options: RunOptions
  let console: Console
  let isInterrupted: @Sendable () -> Bool

  /// Why the run may not begin; nil if it may. Nothing was sent yet.
  func refusal(of script: Script, on target: Target) -> String? {
    guard script.program.effect > .read, !options.yes else { return nil }
    if options.guards.limits.canary != nil, !Question.canAsk {
      return "--canary asks on the terminal, and there is none; --yes answers every question; nothing was sent"
    }
    // Where nobody sits before it the caps of the script have to do, as they do for a timer. What is lost in a sandbox in memory is lost anyway.
    guard Self.isAttended, !target.isTemporary, let question = DestroyQuestion(script.program.estimate, on: target.name) else { return nil }
    console.target(target.name)
    let answer = console.asking { Question.ask(question.text, isGivenUp: isInterrupted) }
    return question.isAccepted(by: answer) ? nil : "nobody typed \(question.count), so nothing was sent"
  }

  /// Why a plan is not carried out; nil if it is.
  func refusal(of plan: Plan, destroys: Bool, on target: String) -> String? {
    if options.yes { return nil }
    guard Question.canAsk else {
      return "the plan needs a yes, and there is no terminal to ask on; --yes answers every question; nothing was sent"
    }
    let question = WriteQuestion(plan, destroys: destroys)
    let all = PlanText(plan, color: console.colorsMessages).whole(of: .long)
    return question.isAccepted(on: target, seeing: all, console, isGivenUp: isInterrupted) ? nil : "nobody said yes, so nothing was sent"
  }

  /// Whether somebody sees what is written and can answer.
  private static var isAttended: Bool { (Terminal.isTerminal(STDIN_FILENO) || Terminal.isTerminal(STDERR_FILENO)) && Question.canAsk }

  /// A question that is answered with yes or no. Rows that are under way go on meanwhile, so it waits on a thread of its own.
  func agrees(to question: String) async -> Bool {
    if options.yes { return true }
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        let answer = console.asking { Question.ask(question, isGivenUp: isInterrupted) }
        continuation.resume(returning: Question.isYes(answer))
      }
    }
  }
}
