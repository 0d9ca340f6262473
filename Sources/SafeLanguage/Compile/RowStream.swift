/// Rows or lines of a file and the stages that take them one by one, done portion by portion.
///
/// It tells the same errors as if each stage had been done before the next: bad rows of the file first, then those of the first stage.
/// So after an error the rest is still read, and the stages before that one still done.
struct RowStream {
  /// Rows in a portion: their cells and texts fit the second-level cache.
  static let portion = 4096

  enum Step {
    case rows(CompiledStage)
    case take(Code.Of<Int>, Span)
    case skip(Code.Of<Int>, Span)
  }

  let path: Evaluation
  /// What comes out.
  let type: Type
  private let format: InputFormat
  private let source: Type
  private let steps: [Step]

  init(_ format: InputFormat, _ source: Type, _ path: Evaluation, _ steps: [Step], _ type: Type) {
    self.format = format
    self.source = source
    self.path = path
    self.steps = steps
    self.type = type
  }

  /// Whether the rows are those of the file and all are kept, so that portions gain nothing.
  var isWhole: Bool { steps.isEmpty }

  /// Hands the rows on; `prepare` is what the one who takes them works out before the first.
  func run(_ frame: Frame, _ path: String, prepare: [CompiledLambda] = [], _ use: (Value) throws(RunError) -> Void) throws(RunError) {
    if let error = try runToEnd(frame, path, prepare: prepare, use) { throw error }
  }

  /// The same, but what `use` failed with is given, and what it would not have come to is thrown: what is wrong with the file, or with a stage.
  func runToEnd(
    _ frame: Frame, _ path: String, prepare: [CompiledLambda] = [], _ use: (Value) throws(RunError) -> Void
  ) throws(RunError) -> RunError? {
    let input = Input(format: format, type: source, path: path, world: frame.run.world)
    guard var reader = try input.portions() else { return nil }
    var failure: RunError?
    // Steps before this one are still done; one more than there are stands for `use`.
    var active = steps.count + 1
    var left = [Int](repeating: 0, count: steps.count)
    for (index, step) in steps.enumerated() where index < active {
      do throws(RunError) { left[index] = try begin(step, frame) } catch {
        failure = error
        active = index
      }
    }
    if active > steps.count {
      do throws(RunError) { for lambda in prepare { try lambda.prepareSync(frame) } } catch {
        failure = error
        active = steps.count
      }
    }
    try frame.withSavedRow { () throws(RunError) in
      while let read = try reader.portion(atMost: Self.portion) {
        var value = read
        var index = 0
        do throws(RunError) {
          while index < min(active, steps.count) {
            value = try apply(steps[index], value, &left[index], frame)
            index += 1
          }
          if active > steps.count { try use(value) }
        } catch {
          failure = error
          active = index
        }
      }
    }
    if active < steps.count, let failure { throw failure }
    return failure
  }

  /// What a step has to do with once, before the first row.
  private func begin(_ step: Step, _ frame: Frame) throws(RunError) -> Int {
    switch step {
    case .rows(let stage):
      for lambda in stage.lambdas { try lambda.prepareSync(frame) }
      return 0
    case .take(let count, let span), .skip(let count, let span):
      let count = try count(frame)
      guard count >= 0 else { throw RunError(.index, "the number of rows cannot be negative", span: span) }
      return count
    }
  }

  private func apply(_ step: Step, _ value: Value, _ left: inout Int, _ frame: Frame) throws(RunError) -> Value {
    let total = value.elementCount
    switch step {
    case .rows(let stage):
      guard case .now(let body) = stage.body else { return value }
      return try body(frame, value)
    case .take:
      let count = min(left, total)
      left -= count
      return count == total ? value : try value.slice(0..<count)
    case .skip:
      let count = min(left, total)
      left -= count
      return count == 0 ? value : try value.slice(count..<total)
    }
  }
}
