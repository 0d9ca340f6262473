import Foundation
import GRDB
import SecretSafeAPI
import Testing

@testable import SecretSafeStore

@Suite struct WebSessionTests {
  private func withSession(_ body: (Store, SessionToken) async throws -> Void) async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    let owner = try await store.change(organization) { try $0.createOwner(email: "owner@example.net", name: nil) }
    try await store.setPassword(organization, owner, "correct horse battery")
    let found = try #require(try store.owners(email: "OWNER@example.net", password: "correct horse battery").first)
    try await body(store, try await store.openSession(found, from: Origin()))
    try store.close()
  }

  private func age(_ store: Store, seconds: Int) async throws {
    try await store.writer.queue.write {
      try $0.execute(sql: "UPDATE web_sessions SET created = created - ?, expires = expires - ?", arguments: [seconds * 1_000_000, seconds * 1_000_000])
    }
  }

  @Test func idleSessionEnds() async throws {
    try await withSession { store, token in
      try await age(store, seconds: Store.sessionIdle - 5)
      #expect(try await store.session(token) != nil)
      try await age(store, seconds: Store.sessionIdle - 5)
      #expect(try await store.session(token) != nil, "the request before put the end off")
      try await age(store, seconds: Store.sessionIdle + 1)
      #expect(try await store.session(token) == nil)
    }
  }

  @Test func busySessionEndsAsWell() async throws {
    try await withSession { store, token in
      var hours = 0
      while try await store.session(token) != nil {
        try await age(store, seconds: Store.sessionIdle / 2)
        hours += 1
      }
      #expect(hours == Store.sessionLifetime / (Store.sessionIdle / 2))
    }
  }

  @Test func useIsNotAWriteEachTime() async throws {
    try await withSession { store, token in
      let before = store.counts.commits
      for _ in 1...10 { _ = try #require(try await store.session(token)) }
      #expect(store.counts.commits == before)
    }
  }

  @Test func onlyTheHashIsStored() async throws {
    try await withSession { store, token in
      let hash = try await store.writer.queue.read { try Data.fetchOne($0, sql: "SELECT hash FROM web_sessions") }
      #expect(hash == Secrets.hash(token.text))
      #expect(token.formToken != token.text && !token.formToken.contains(hexadecimal(Secrets.hash(token.text))))
      #expect(token.accepts(formToken: token.formToken))
      #expect(!token.accepts(formToken: "") && !SessionToken().accepts(formToken: token.formToken))
    }
  }

  @Test func textsThatAreNoTokens() {
    #expect(SessionToken(SessionToken().text) != nil)
    for text in ["", "x", String(repeating: "é", count: 43), String(repeating: "-", count: 43), String(repeating: "a", count: 44)] {
      #expect(SessionToken(text) == nil)
    }
    for text in ["", "-", "1-", "1-xyz", "-1-" + String(repeating: "0", count: 64), "1-" + String(repeating: "g", count: 64), "1-" + String(repeating: "é", count: 32)] {
      #expect(InvitationLink(text) == nil)
    }
  }

  /// An owner without an account gets one, so that events can name who acts.
  @Test func signingInMakesAnAccount() async throws {
    let store = try Store.open(.memory)
    let organization = try await store.createOrganization(name: "Acme")
    try await store.change(organization) { try $0.load(Member(id: guid(1), email: "a@b.net", status: .confirmed, type: .owner)) }
    try await store.setPassword(organization, guid(1), "correct horse battery")
    let found = try #require(try store.owners(email: "a@b.net", password: "correct horse battery").first)
    let token = try await store.openSession(found, from: Origin())
    let account = try #require(try await store.session(token)?.userId)
    let (events, _) = try store.read(organization) {
      try $0.eventLog(EventLogFilter(start: Timestamp(microseconds: 0), end: .now(), people: [account]), limit: 10)
    }
    #expect(events.map(\.type.rawValue) == [1000])
  }
}
