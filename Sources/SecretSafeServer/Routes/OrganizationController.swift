import Hummingbird
import SecretSafeAPI
import SecretSafeStore

/// `/public/organization` (`api.md` 3.8 and 6)
enum OrganizationController {
  static let actions: [Endpoint: Action] = [
    .organizationImport: .changes { call in
      let body = try await call.body(ImportBody.init)
      try await call.change { try $0.importDirectory(body) }
      return .empty()
    },
    .organizationGetSubscription: .reads { call in
      guard let subscription = try call.read({ try $0.subscription() }) else { throw Change.selfHosted }
      return .json(subscription)
    },
    .organizationPutSubscription: .changes { call in
      let body = try await call.body(Subscription.init)
      return .json(try await call.change { try $0.updateSubscription(body) })
    },
  ]
}
