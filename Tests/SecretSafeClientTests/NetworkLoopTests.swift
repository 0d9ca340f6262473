import Synchronization
import Testing

@testable import SecretSafeClient

@Suite struct NetworkLoopTests {
  @Test func whatBecameReadyLastGoesOnFirst() async {
    let order = await withTaskExecutorPreference(NetworkLoop.executor) {
      await withTaskGroup(of: Int.self) { group in
        for number in 1...5 { group.addTask { number } }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(order == [5, 4, 3, 2, 1])
  }

  private actor Flag {
    private(set) var isSet = false

    func set() { isSet = true }
  }

  @Test(.timeLimit(.minutes(1))) func whoNeverWaitsKeepsNobodyWaitingForEver() async {
    let flag = Flag()
    await withTaskExecutorPreference(NetworkLoop.executor) {
      await withTaskGroup(of: Void.self) { group in
        group.addTask { await flag.set() }
        group.addTask { while await !flag.isSet { await Task.yield() } }
      }
    }
    #expect(await flag.isSet)
  }
}
