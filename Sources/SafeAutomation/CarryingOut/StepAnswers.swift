internal import SafeLanguage

/// What the calls of a step came to, in their order. Each is made when it is looked at: of an import there may be a hundred thousand.
struct StepAnswers: Sequence {
  private let calls: [Int]
  private let result: (Int) -> VerbResult?

  static var none: StepAnswers { StepAnswers([]) { _ in nil } }

  /// - Parameter result: of a call; nil where nobody knows it.
  init(_ calls: [Int], _ result: @escaping (_ call: Int) -> VerbResult?) { (self.calls, self.result) = (calls, result) }

  init(_ answers: [(call: Int, result: VerbResult)]) {
    let results = Dictionary(answers.map { ($0.call, $0.result) }) { first, _ in first }
    self.init(answers.map(\.call)) { results[$0] }
  }

  func makeIterator() -> some IteratorProtocol<(call: Int, result: VerbResult)> {
    calls.lazy.compactMap { call in result(call).map { (call, $0) } }.makeIterator()
  }
}
