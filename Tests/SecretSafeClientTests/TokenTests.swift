import Synchronization
import Testing

@testable import SecretSafeClient

@Suite struct TokenStateTests {
  @Test func aTokenIsUsedUntilAMinuteBeforeItsEnd() {
    var state = TokenState()
    #expect(state.need(at: .zero, rejected: nil) == .renew)
    state.renewed("a", expiresIn: 3600, at: .seconds(10))
    #expect(state.need(at: .seconds(3549), rejected: nil) == .use("a"))
    #expect(state.need(at: .seconds(3550), rejected: nil) == .renew)
  }

  @Test(arguments: [(120, 60), (60, 30), (2, 1), (0, 0), (-5, 0)])
  func ashortLifeIsUsedForHalf(life: Int, use: Int) {
    var state = TokenState()
    state.renewed("a", expiresIn: life, at: .zero)
    if use > 0 { #expect(state.need(at: .seconds(use) - .milliseconds(1), rejected: nil) == .use("a")) }
    #expect(state.need(at: .seconds(max(1, use)), rejected: nil) == .renew)
  }

  @Test func onlyTheTokenThatWasRejectedIsDropped() {
    var state = TokenState()
    state.renewed("b", expiresIn: 3600, at: .zero)
    #expect(state.need(at: .zero, rejected: "a") == .use("b"))
    #expect(state.need(at: .zero, rejected: "b") == .renew)
  }
}

@Suite struct TokenKeeperTests {
  /// Token requests that end when the test says so.
  private final class Requests: Sendable {
    private let open = Mutex<[CheckedContinuation<String, any Error>]>([])
    let count = Mutex(0)

    @Sendable func make(_ rejected: String?) async throws -> TokenGrant {
      count.withLock { $0 += 1 }
      let token = try await withCheckedThrowingContinuation { continuation in open.withLock { $0.append(continuation) } }
      return TokenGrant(token: token, expiresIn: 3600, issued: .now)
    }

    func end(_ result: Result<String, any Error>) async {
      await until { !self.open.withLock(\.isEmpty) }
      open.withLock { $0.removeFirst() }.resume(with: result)
    }
  }

  @Test func allWhoWaitShareOneRequest() async throws {
    let requests = Requests()
    let keeper = TokenKeeper(requests.make)
    let waiting = (0..<50).map { _ in Task { try await keeper.token() } }
    await requests.end(.success("a"))
    for task in waiting { #expect(try await task.value == "a") }
    #expect(requests.count.withLock { $0 } == 1)
  }

  @Test func aFailureIsEverybodysButNotForEver() async throws {
    let requests = Requests()
    let keeper = TokenKeeper(requests.make)
    let first = Task { try await keeper.token() }
    await requests.end(.failure(ClientError(.server, "down")))
    await #expect(throws: ClientError.self) { try await first.value }
    let second = Task { try await keeper.token() }
    await requests.end(.success("b"))
    #expect(try await second.value == "b")
  }

  @Test func whoIsCancelledLeavesAtOnceAndTheOthersGetTheToken() async throws {
    let requests = Requests()
    let keeper = TokenKeeper(requests.make)
    let leaving = Task { try await keeper.token() }
    let staying = Task { try await keeper.token() }
    await until { requests.count.withLock { $0 } == 1 }
    leaving.cancel()
    await #expect(throws: CancellationError.self) { try await leaving.value }
    await requests.end(.success("a"))
    #expect(try await staying.value == "a")
    #expect(requests.count.withLock { $0 } == 1)
  }

  @Test func theLastToLeaveEndsTheRequestAndTheNextBeginsAnother() async throws {
    let counts = Mutex((begun: 0, ended: 0))
    let keeper = TokenKeeper { _ in
      counts.withLock { $0.begun += 1 }
      do { try await Task.sleep(for: .seconds(60)) } catch {
        counts.withLock { $0.ended += 1 }
        throw error
      }
      return TokenGrant(token: "never", expiresIn: 1, issued: .now)
    }
    for round in 1...3 {
      let task = Task { try await keeper.token() }
      await until { counts.withLock { $0.begun } == round }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      await until { counts.withLock { $0.ended } == round }
    }
  }
}

/// Waits for what another task does.
func until(_ isSo: () -> Bool) async {
  while !isSo() { try? await Task.sleep(for: .milliseconds(2)) }
}
