import SecretSafeAPI
import Testing

@testable import SafeAutomation
@testable import SafeLanguage

/// What is sent before the script says it, without a server: calls are numbers, and a tree says which waits for which.
@Suite struct AheadScheduleTests {
  private let one = GUID(high: 1, low: 1)
  private let other = GUID(high: 1, low: 2)

  /// The rows of one `each`, with so many calls in each.
  private func rows(_ count: Int, calls: Int) -> CallTree {
    var tree = CallTree()
    let site = CallSite(span: Span(0, 1), path: [])
    tree.began(EachStart(site: site, rows: .range(0, count), rowsAreIndependent: true))
    for index in 0..<(count * calls) { tree.add(index, at: [index / calls]) }
    return tree
  }

  private func steps(_ schedule: AheadSchedule, failing: Set<Int> = []) -> [AheadSchedule.Step] {
    var (schedule, all) = (schedule, [AheadSchedule.Step]())
    while true {
      let next = schedule.next()
      if next.isEmpty { return all }
      for step in next { schedule.ended(step, answered: Set(step.calls).subtracting(failing)) }
      all += next
    }
  }

  private func group(_ id: GUID) -> Mergeable { Mergeable(target: .group(id)) }
  private func invitation(_ number: Int, isImportable: Bool = true) -> Mergeable {
    Mergeable(target: .invitation(GUID(high: 2, low: UInt64(number))), isImportable: isImportable)
  }

  @Test func rowsMakeOneRequestForEachGroup() {
    let calls = (0..<6).map { $0.isMultiple(of: 2) ? group(one) : group(other) }
    let found = steps(AheadSchedule(rows(3, calls: 2), calls))
    #expect(found.map(\.kind) == [.group(one), .group(other)])
    #expect(found.map(\.calls) == [[0, 2, 4], [1, 3, 5]])
  }

  /// The rows come to their groups in different order: a request that all of them wait for would have to wait for itself.
  @Test func noRowIsAheadOfItself() {
    let calls = [group(one), group(other), group(other), group(one)]
    let found = steps(AheadSchedule(rows(2, calls: 2), calls))
    #expect(found.flatMap(\.calls).sorted() == [0, 1, 2, 3])
    for (first, second) in [(0, 1), (2, 3)] {
      let places = [first, second].map { call in found.firstIndex { $0.calls.contains(call) } ?? -1 }
      #expect(places[0] < places[1])
    }
  }

  @Test func whatFailsKeepsBackWhatStandsBehindItInItsRow() {
    let calls = (0..<6).map { $0.isMultiple(of: 2) ? group(one) : group(other) }
    let found = steps(AheadSchedule(rows(3, calls: 2), calls), failing: [2])
    #expect(found.map(\.calls) == [[0, 2, 4], [1, 5]])
  }

  /// Statements wait for one another, and for all rows of an `each` between them.
  @Test func statementsWaitForRows() {
    var tree = CallTree()
    let site = CallSite(span: Span(0, 1), path: [])
    tree.add(0, at: [])
    tree.began(EachStart(site: site, rows: .range(0, 2), rowsAreIndependent: true))
    for (call, row) in [(1, 0), (2, 1)] {
      tree.add(call, at: [row])
      tree.finished(EachRow(site: site, index: row, outcome: .ok, error: nil, duration: .zero))
    }
    // The turn of a loop, and no row of the `each` before it.
    tree.add(3, at: [0])
    let calls: [Mergeable?] = [Mergeable(target: .single), group(one), group(one), group(other)]
    #expect(steps(AheadSchedule(tree, calls)).map(\.calls) == [[0], [1, 2], [3]])
    #expect(steps(AheadSchedule(tree, calls), failing: [0]).map(\.calls) == [[0]])
    #expect(steps(AheadSchedule(tree, calls), failing: [2]).map(\.calls) == [[0], [1, 2]])
    #expect(steps(AheadSchedule(tree, [nil] + calls.dropFirst())).isEmpty)
  }

  @Test func rowsThatStopAtAFailureWaitForOneAnother() {
    var tree = CallTree()
    tree.began(EachStart(site: CallSite(span: Span(0, 1), path: []), rows: .range(0, 2), rowsAreIndependent: false))
    for call in 0..<4 { tree.add(call, at: [call / 2]) }
    let calls = (0..<4).map { $0.isMultiple(of: 2) ? group(one) : group(other) }
    #expect(steps(AheadSchedule(tree, calls)).map(\.calls) == [[0], [1], [2], [3]])
  }

  @Test func manyInvitationsAreImportedAndFewAreNot() {
    for count in [AheadSchedule.fewestImports - 1, AheadSchedule.fewestImports] {
      let found = steps(AheadSchedule(rows(count, calls: 1), (0..<count).map { invitation($0) }))
      #expect(found.count == (count < AheadSchedule.fewestImports ? count : 1))
      #expect(found[0].kind == (count < AheadSchedule.fewestImports ? .invitation : .imports))
    }
  }

  /// An invitation carries what follows it about the same person, up to what is about somebody else.
  @Test func anInvitationCarriesWhatFollowsIt() {
    var joining = group(one)
    joining.joins = 0
    let calls = [invitation(0, isImportable: false), joining, group(other), joining]
    #expect(steps(AheadSchedule(rows(1, calls: 4), calls)).map(\.calls) == [[0, 1], [2], [3]])
  }

  /// What saves nothing is left to the script, unless something that does waits for it.
  @Test func onlyWhatSavesARequestIsSentAhead() {
    let single = Mergeable(target: .single)
    #expect(AheadSchedule.trimmed(rows(2, calls: 2), [single, single, single, single]).steps.isEmpty)
    let found = AheadSchedule.trimmed(rows(2, calls: 3), [single, group(one), single, single, group(one), single]).steps
    #expect(found.map(\.calls) == [[0], [3], [1, 4]])
  }
}
