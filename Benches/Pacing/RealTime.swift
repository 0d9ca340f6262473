import Foundation
import SecretSafeAPI
import SecretSafeClient
import Synchronization

private final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  /// The number before.
  @discardableResult func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}

/// Invitations to a server that `SAFESH_*` name.
struct RealTime {
  let credentials: Credentials
  var workers = 16

  struct Outcome {
    var seconds: Double
    var sent: Int
    var failures: [String]
  }

  /// Each address is invited once; `label` tells rounds apart.
  func invite(_ count: Int, _ label: String, _ options: Client.Options) async throws -> Outcome {
    let sent = Counter()
    var options = options
    options.onRequest = { name in if name == "Members_Post" { sent.next() } }
    let client = Client(credentials, options: options)
    try await client.signIn()
    let start = ContinuousClock.now
    let numbers = Counter()
    let failures = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<workers {
        group.addTask {
          var failures: [String] = []
          while true {
            let number = numbers.next()
            guard number < count else { return failures }
            do throws(ClientError) { _ = try await client.invite(InviteBody(email: "\(label)-\(number)@example.net", type: .user)) } catch {
              failures.append(error.message)
            }
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    await client.shutdown()
    return Outcome(seconds: seconds, sent: sent.next(), failures: failures)
  }

  /// At the limits of the server, with a preset.
  func atLimits(_ count: Int, _ label: String, _ preset: PacingPreset, shared: String?) async throws {
    var options = Client.Options()
    options.pacing = preset
    options.sharedFolder = shared
    let outcome = try await invite(count, label, options)
    let whole = Int(outcome.seconds.rounded())
    let time = "\(whole / 60):\(whole % 60 < 10 ? "0" : "")\(whole % 60) min"
    print("\(count) invitations, \(label): \(time), \(outcome.sent - count) answers with 429, \(outcome.failures.count) rows lost")
    for failure in outcome.failures.prefix(3) { print("  \(failure)") }
  }

  /// Without limits, in turns with a client that does not pace.
  func speed(_ count: Int, rounds: Int) async throws {
    var rates: [PacingPreset: [Double]] = [:]
    var costs: [PacingPreset: [Double]] = [:]
    for round in 0..<rounds {
      for preset in round % 2 == 0 ? [PacingPreset.learn, .none] : [.none, .learn] {
        var options = Client.Options()
        options.pacing = preset
        let before = clock()
        let outcome = try await invite(count, "speed-\(preset == .none ? "none" : "learn")-\(round)-\(UInt32.random(in: 0 ... .max))", options)
        if let failure = outcome.failures.first { print("  \(failure)") }
        rates[preset, default: []].append(Double(count) / outcome.seconds)
        costs[preset, default: []].append(Double(clock() - before) / Double(CLOCKS_PER_SEC) * 1e6 / Double(count))
      }
    }
    func median(_ values: [PacingPreset: [Double]], _ preset: PacingPreset) -> Double { values[preset, default: []].sorted()[rounds / 2] }
    let (paced, free) = (median(rates, .learn), median(rates, .none))
    let share = "\((paced / free * 1000).rounded() / 10) %"
    print("\(count) invitations, \(workers) at once, no limits, median of \(rounds): \(Int(paced)) a second, without pacing \(Int(free)); \(share)")
    print("  the client's processor time for one: \(Int(median(costs, .learn))) µs, without pacing \(Int(median(costs, .none))) µs")
  }
}
