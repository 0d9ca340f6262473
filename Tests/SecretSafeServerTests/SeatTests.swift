import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// Seats (`api.md` 3.2.3) and the subscription (3.8).
@Suite struct SeatTests {
  /// The small organization has four members that take a seat, and one who is staged.
  private static func run(
    _ seats: Int?, _ ceiling: Int?, secrets: Bool = false, _ body: @escaping @Sendable (TestServer) async throws -> Void
  ) async throws {
    try await TestServer.run(.router) { server in
      try await server.store.change(server.organization) { change in
        try change.setSubscription(
          Subscription(
            passwordManager: .init(seats: seats, maxAutoScaleSeats: ceiling, storage: 5),
            secretsManager: secrets ? .init(seats: 10, serviceAccounts: 50) : nil))
      }
      try await body(server)
    }
  }

  private static let full = refusal("Seat limit has been reached.")

  @Test func noSeatNoMember() async throws {
    try await Self.run(4, 4) { server in
      let before = try await server.everything()
      let invited = try await server.send(.post, "/members", #"{"email":"new@example.net","type":2}"#)
      #expect(invited.status == 400 && invited.text == Self.full)
      let imported = try await server.send(
        .post, "/organization/import",
        #"{"members":[{"email":"a@b","externalId":"a"},{"externalId":"hr-1","deleted":true},{"email":"c@d","externalId":"c"}],"groups":[],"overwriteExisting":false}"#)
      #expect(imported.text == Self.full)
      #expect(try await server.everything() == before)
      // Who is suspended takes no seat, and one who comes back does.
      #expect(try await server.send(.post, "/members/\(TestServer.user)/revoke").status == 200)
      #expect(try await server.send(.post, "/members", #"{"email":"new@example.net","type":2}"#).status == 200)
      #expect(try await server.send(.post, "/members/\(TestServer.user)/restore").text == Self.full)
      #expect(try await server.send(.post, "/members/\(TestServer.staged)/revoke").status == 200)
      #expect(try await server.send(.post, "/members/\(TestServer.staged)/restore").status == 200)
    }
  }

  @Test func seatsGrowToTheCeiling() async throws {
    try await Self.run(4, 6) { server in
      for (number, status) in [200, 200, 400].enumerated() {
        #expect(try await server.send(.post, "/members", #"{"email":"n\#(number)@example.net","type":2}"#).status == status)
      }
      let subscription: Subscription = try await server.send(.get, "/organization/subscription").decoded()
      #expect(subscription.passwordManager?.seats == 6)
    }
  }

  @Test(arguments: Way.allCases) func whereSeatsAreNotCountedBothCallsAreRefused(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      #expect(try await server.send(.get, "/organization/subscription").text == refusal("Only allowed when not self hosted."))
      let put = try await server.send(.put, "/organization/subscription", #"{"passwordManager":{"seats":5}}"#)
      #expect(put.status == 400 && put.text == refusal("Only allowed when not self hosted."))
    }
  }

  @Test func targetsAreAbsoluteAndWhatIsNotPositiveStays() async throws {
    try await Self.run(10, nil, secrets: true) { server in
      #expect(
        try await server.send(.get, "/organization/subscription").text
          == #"{"passwordManager":{"seats":10,"maxAutoScaleSeats":null,"storage":5},"secretsManager":{"seats":10,"maxAutoScaleSeats":null,"serviceAccounts":50,"maxAutoScaleServiceAccounts":null}}"#
      )
      let put = try await server.send(
        .put, "/organization/subscription",
        #"{"passwordManager":{"seats":"12","maxAutoScaleSeats":80,"storage":0},"secretsManager":{"seats":-1,"serviceAccounts":60,"maxAutoScaleServiceAccounts":-5}}"#)
      #expect(put.text == #"{"message":"Subscription updated successfully."}"#)
      let now: Subscription = try await server.send(.get, "/organization/subscription").decoded()
      #expect(now.passwordManager == .init(seats: 12, maxAutoScaleSeats: 80, storage: 5))
      #expect(now.secretsManager == .init(seats: 10, serviceAccounts: 60))
    }
  }

  @Test func rulesAnswerWithTheirReason() async throws {
    try await Self.run(10, nil) { server in
      let few = try await server.send(.put, "/organization/subscription", #"{"passwordManager":{"seats":3}}"#)
      #expect(few.status == 400 && few.message?.hasPrefix("Your organization has 4 members.") == true)
      let low = try await server.send(.put, "/organization/subscription", #"{"passwordManager":{"maxAutoScaleSeats":9}}"#)
      #expect(low.message == "Cannot set max seat autoscaling below seat count.")
      let none = try await server.send(.put, "/organization/subscription", #"{"passwordManager":null}"#)
      #expect(none.text == validation(#"{"":["At least one of PasswordManager or SecretsManager must be provided."]}"#))
      let wrong = try await server.send(.put, "/organization/subscription", #"{"passwordManager":{"seats":1.5}}"#)
      #expect(wrong.text == validation(#"{"$.passwordManager.seats":["The value is not a whole number."]}"#))
      // The first part is applied where the second one cannot be.
      let half = try await server.send(.put, "/organization/subscription", #"{"passwordManager":{"seats":20},"secretsManager":{"seats":5}}"#)
      #expect(half.text == #"{"message":"Organization has no access to Secrets Manager."}"#)
      let now: Subscription = try await server.send(.get, "/organization/subscription").decoded()
      #expect(now.passwordManager?.seats == 20 && now.secretsManager == nil)
    }
  }
}
