import SafeAutomation
import SafeLanguage
import SecretSafeAPI
import SecretSafeClient
import Testing

/// The event log: which part of it is read, told by the pages that were asked for (50 events each).
struct EventTests {
  private static let alice = "members[alice@acme.com]"

  private func pages(_ events: Int) -> ClosedRange<Int> { (max(1, (events + 49) / 50))...(events / 50 + 1) }

  @Test func theLastThirtyDaysComeNewestFirst() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let all = events
        all.count()
        all.date == (all | sort -.date).date
        (events since: 2w).count() + (events until: 2w).count() == all.count()
        (events since: 2w).all(.date >= now() - 2w)
        (events since: (today() - 7d) until: 3d).any(.date > now() - 3d)
        """)
      #expect(found.error == "")
      #expect(found.output == ["476", "true", "true", "true", "false"])
    }
  }

  @Test(arguments: [
    "events | where .actingUserId == \(alice).userId | count", "events actor: \(alice) | count", "events actor: alice@acme.com | count",
    "events(actor: \(alice).userId ?? \"00000000-0000-4000-8000-000000000000\").count()", "events | where .actor?.email == ALICE@acme.com | count",
    "events | where .actor == \(alice) | count", "events | where .type != userDisabled2fa and .actor == \(alice) | count",
    "events.count(.actor?.email == alice@acme.com)", "let m = \(alice)\nevents | where m == .actor and .date > now() - 60d | count",
  ])
  func theServerFiltersTheActor(_ text: String) async throws {
    try await withSandbox { sandbox in
      let own = try await sandbox.evaluate("let all = events\nall.count(.actor?.email == alice@acme.com)")
      #expect(pages(476).contains(own.count("Events_List")), "\(own.requests)")
      let count = Int(own.output.first ?? "") ?? 0
      #expect(count > 0 && count < 50)
      let found = try await sandbox.evaluate(text)
      #expect(found.output == ["\(count)"], "\(found.error)")
      #expect(found.count("Events_List") == 1, "\(found.requests)")
    }
  }

  @Test(arguments: [
    "events since: 3d | count", "events(since: now() - 3d).count()", "events | where .date >= now() - 3d | count",
    "events | where now() - 3d < .date | where .type != userUpdated2fa | count",
    "let from = now() - 3d\nevents | where .device != sdk and .date > from | count",
  ])
  func theServerFiltersTheDate(_ text: String) async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(text)
      let count = Int(found.output.first ?? "") ?? -1
      #expect(count >= 8 && count < 70, "\(found.output) \(found.error)")
      #expect(pages(count).contains(found.count("Events_List")), "\(found.requests)")
    }
  }

  @Test func aConditionMayLookFurtherBack() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        events | where .date > 2024-01-01 | count
        events | where .date < now() - 29d | count
        (events since: 2024-01-01 until: 2024-02-01).count()
        events | where .date > 2024-01-01 and .date < 2023-01-01 | count
        members | where (events | where .date > 2024-01-01 and .date < 2025-01-01).count() == 0 | count
        events since: 3000000d until: 500000d | count
        events | where .date < 1900-01-01 or .date > 9999-12-30 | count
        events since: 9999-12-31 | count
        events since: -(90000000d) | count
        """)
      #expect(found.output == ["476", "0", "0", "0", "60", "0", "0", "0", "0"], "\(found.error)")
    }
  }

  @Test func takeStopsReading() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate("events | take 5 | count\nevents | where .date > now() - 20d | take 60 | count")
      #expect(found.output == ["5", "60"])
      #expect(found.count("Events_List") == 3, "\(found.requests)")
      // The type is looked at here, so nobody knows how far to read.
      let all = try await sandbox.evaluate("events | where .type == userLoggedIn | take 1 | count")
      #expect(all.output == ["1"] && pages(476).contains(all.count("Events_List")))
      #expect(try await sandbox.evaluate("events | take 0 | count").requests == [])
    }
  }

  @Test func anItemIsTheServersToFind() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let item = events.find(.itemId != null)?.itemId
        if item != null {
          print ((events item: item).count() == events.count(.itemId == item))
          print events(item: item, actor: alice@acme.com).all(.actor?.email == alice@acme.com and .itemId == item)
        }
        """)
      #expect(found.output == ["true", "true"], "\(found.error)")
    }
  }

  @Test func whoHasNoAccountDidNothing() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate("events actor: rachel@acme.com | count\nevents | where .actor?.email == \"nobody@acme.com\" | count")
      #expect(found.output == ["0", "0"] && found.requests == ["Members_List"])
      let unknown = try await sandbox.evaluate("events actor: nobody@acme.com | count")
      #expect(unknown.result.error?.kind == .notFound)
    }
  }

  @Test func relationsAreFetchedInBulk() async throws {
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        let g = create group name: "Fresh"
        let m = invite new@acme.com type: user groups: [g]
        update collections["infra/production"] externalId: "infra/prod"
        remove g
        let own = events since: 1h
        own | where .type == groupCreated | select .group
        own | where .type == organizationUserInvited | select who = .member?.email, actor = .actor
        own | where .collection != null | select c = .collection?.externalId
        events | where .actor?.type == owner | summarize n = count() by .actor?.email | count
        """)
      #expect(found.error == "")
      #expect(
        found.output.suffix(4) == [
          "[{ group: null }]", "[{ who: \"new@acme.com\", actor: null }]", "[{ c: \"infra/prod\" }]", "2",
        ], "\(found.output)")
      #expect(found.count("Members_List") == 1 && found.count("Groups_List") == 1 && found.count("Collections_List") == 1, "\(found.requests)")
    }
  }

  @Test func aFetchForEachRowIsRefusedButInALoop() async throws {
    let schema = SecretSafeSchema.schema
    for text in [
      "members | where (events actor: it).count() > 0", "members | select n = events(actor: it).count()", "members.map((events actor: .email).count())",
      "members.find((events actor: it | where .type == userLoggedIn | take 1).count() > 0)",
    ] {
      let error = #expect(throws: ScriptErrors.self, "\(text)") { _ = try Script(SourceFile(name: "t", text: text), schema: schema) }
      #expect(error?.diagnostics.map(\.code) == [.writeInExpression], "\(text)")
    }
    try await withSandbox { sandbox in
      let found = try await sandbox.evaluate(
        """
        for m in members | take 2 { print (events since: 30d actor: m | take 1).count() }
        members | take 3 | each m { (events actor: m).count() } | where .ok | count
        members | where events.any(.actingUserId != null) | count
        """)
      #expect(found.output == ["1", "1", "3", "60"], "\(found.error)")
    }
  }

  @Test func numbersWithoutNamesAreKept() throws {
    let text = "events | where .type == unknown(4711) or .device in [sdk, unknown(99)] | count"
    #expect(throws: Never.self) { _ = try Script(SourceFile(name: "t", text: text), schema: SecretSafeSchema.schema) }
  }
}
