/// What one step of `safesh doctor` found out.
struct Finding: Sendable, Hashable {
  enum State: String, Sendable {
    case ok, warning, failed, skipped
  }

  /// The steps in their order.
  enum Step: String, Sendable, CaseIterable {
    case configuration, secret, proxy, name, connection, tls, identity, api, token, cache, clock, limits, offers
  }

  var step: Step
  var state: State
  var text: String
  /// The way out.
  var hint: String?

  static func ok(_ step: Step, _ text: String) -> Finding { Finding(step: step, state: .ok, text: text) }
  static func skipped(_ step: Step, _ text: String) -> Finding { Finding(step: step, state: .skipped, text: text) }
  static func warning(_ step: Step, _ text: String, _ hint: String) -> Finding { Finding(step: step, state: .warning, text: text, hint: hint) }
  static func failed(_ step: Step, _ text: String, _ hint: String) -> Finding { Finding(step: step, state: .failed, text: text, hint: hint) }
}
