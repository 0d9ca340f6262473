import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/policies` (`api.md` 3.6)
enum PoliciesController {
  static let actions: [Endpoint: Action] = [
    .policiesList: .reads { call in .json(ListAnswer(try call.read { try $0.policies() })) },
    .policiesGet: .reads { call in
      let type = try call.policyType
      guard let policy = try call.read({ try $0.policy(type) }) else { throw Failure.notFound }
      return .json(policy)
    },
    .policiesPut: .changes { call in
      let body = try await call.body(PolicyBody.init)
      let type = try call.policyType
      return .json(try await call.change { try $0.savePolicy(type, body) })
    },
  ]
}
