import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// Who gets in, how long, and what a form must prove.
@Suite struct WebSafeSignInTests {
  @Test(arguments: Way.allCases) func ownerSignsInAndOut(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let browser = try await WebBrowser.signedIn(server)
      let session = try #require(browser.cookies["safesh-session"])
      let start = try await browser.get("/")
      #expect(start.status == 303 && start.headers[.location] == "/settings/organization/key")
      let page = try await browser.get("/settings/organization/key")
      #expect(page.status == 200)
      #expect(page.text.contains("owner@example.net"))
      #expect(page.headers[.cacheControl] == "no-store")
      #expect(page.headers[.contentSecurityPolicy]?.hasPrefix("default-src 'none'") == true)
      #expect(page.headers[.init("Referrer-Policy")!] == "no-referrer")

      let out = try await browser.post("/sign-out")
      #expect(out.status == 303 && out.headers[.location] == "/sign-in")
      #expect(browser.cookies["safesh-session"] == nil)
      browser.cookies["safesh-session"] = session
      #expect(try await browser.get("/members").headers[.location] == "/sign-in")
    }
  }

  @Test func cookieIsOutOfReach() async throws {
    for (url, name, secure) in [("http://safe.example.net", "safesh-session", ""), ("https://safe.example.net", "__Host-safesh-session", "; Secure")] {
      try await TestServer.run(.router, web: WebSettings(address: PublicAddress(url))) { server in
        try await server.store.setPassword(server.organization, TestServer.owner, WebBrowser.password)
        let answer = try await WebBrowser(server).signIn()
        let cookie = try #require(answer.headers[values: .setCookie].first)
        #expect(cookie.wholeMatch(of: try Regex("\(name)=[A-Za-z0-9]{43}; Path=/; HttpOnly; SameSite=Lax\(secure)")) != nil)
      }
    }
  }

  @Test func wrongPasswordAndUnknownAddressLookTheSame() async throws {
    try await TestServer.run(.router) { server in
      try await server.store.setPassword(server.organization, TestServer.owner, WebBrowser.password)
      let clock = ContinuousClock()
      var texts: Set<String> = []
      var times: [Duration] = []
      for email in ["owner@example.net", "nobody@example.net", "user@example.net"] {
        let browser = WebBrowser(server)
        try await browser.get("/sign-in")
        let start = clock.now
        let answer = try await browser.post("/sign-in", ["email": email, "password": "wrong wrong wrong"])
        times.append(clock.now - start)
        #expect(answer.status == 400)
        #expect(browser.cookies["safesh-session"] == nil)
        texts.insert(answer.text.replacing(email, with: "").replacing(/name="form" value="[^"]*"/, with: ""))
      }
      #expect(texts.count == 1)
      #expect(times.allSatisfy { $0 > times[0] / 3 && $0 < times[0] * 3 }, "\(times)")
    }
  }

  @Test func onlyConfirmedOwnersComeIn() async throws {
    try await TestServer.run(.router) { server in
      for (member, email) in [(TestServer.user, "user@example.net"), (TestServer.accepted, "accepted@example.net")] {
        try await server.store.setPassword(server.organization, member, WebBrowser.password)
        #expect(try await WebBrowser(server).signIn(email).status == 400)
      }
    }
  }

  @Test(arguments: ["revoke", "demote", "remove", "password"]) func sessionEndsWithTheOwnership(_ what: String) async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await server.store.change(server.organization) { change in
        try change.load(Member(id: guid(77), userId: guid(78), email: "second@example.net", status: .confirmed, type: .owner))
        switch what {
        case "revoke": try change.revoke(TestServer.owner)
        case "demote": _ = try change.updateMember(TestServer.owner, MemberBody(type: .admin, externalId: nil, permissions: nil, collections: nil))
        case "remove": try change.removeMember(TestServer.owner)
        default: break
        }
      }
      if what == "password" { try await server.store.setPassword(server.organization, TestServer.owner, "another long password") }
      #expect(try await browser.get("/members").headers[.location] == "/sign-in")
      if what == "revoke" {
        try await server.store.change(server.organization) { try $0.restore(TestServer.owner) }
        #expect(try await browser.get("/members").headers[.location] == "/sign-in")
      }
    }
  }

  @Test func severalOrganizationsAreChosenFrom() async throws {
    try await TestServer.run(.router) { server in
      let other = guid(177)
      try await server.store.change(server.foreignOrganization) {
        try $0.load(Member(id: other, userId: guid(178), email: "owner@example.net", status: .confirmed, type: .owner))
      }
      try await server.store.setPassword(server.foreignOrganization, other, WebBrowser.password)
      try await server.store.setPassword(server.organization, TestServer.owner, WebBrowser.password)
      let browser = WebBrowser(server)
      let known = WebBrowser(server)
      try await browser.get("/sign-in")
      known.cookies = browser.cookies
      let proof = browser.field("form")
      let offer = try await browser.post("/sign-in", ["email": "owner@example.net", "password": WebBrowser.password])
      #expect(offer.status == 200 && offer.text.contains("Ours") && offer.text.contains("Theirs"))
      #expect(browser.cookies["safesh-session"] == nil)
      let chosen = try #require(offer.text.firstMatch(of: /name="form" value="([^"]*)"/).map { String($0.1) })
      // Who knew the cookie from before the password cannot choose.
      #expect(try await known.post("/sign-in/organization", ["organization": guid(1).description], proof: proof).headers[.location] == "/sign-in")
      #expect(try await browser.post("/sign-in/organization", ["organization": guid(9).description], proof: chosen).headers[.location] == "/sign-in")
      _ = try await browser.post("/sign-in/organization", ["organization": guid(2).description], proof: chosen)
      #expect(try await browser.get("/members").text.contains("foreign@example.net"))
      #expect(try await browser.get("/members/\(TestServer.user)").status == 404)
      // A choice is made once.
      let again = try await browser.post("/sign-in/organization", ["organization": guid(1).description], proof: chosen)
      #expect(again.headers[.location] == "/sign-in")

      // With one password of their own the choice is made already.
      try await server.store.setPassword(server.foreignOrganization, other, "another long password")
      let single = WebBrowser(server)
      #expect(try await single.signIn("owner@example.net", "another long password").status == 303)
      #expect(try await single.get("/settings/organization/key").text.contains("Theirs"))
    }
  }

  @Test func formWithoutProofIsRefused() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await browser.get("/settings/organization/key")
      let before = try server.store.keys(server.organization)
      for proof in ["", String(repeating: "0", count: 64), browser.cookies["safesh-session"] ?? ""] {
        for route in WebSafe.routes where route.method == .post {
          let path = route.path.replacing("{id}", with: TestServer.accepted.description).replacing("{link}", with: "1-" + String(repeating: "0", count: 64))
          let answer = try await browser.post(path, ["password": WebBrowser.password, "sure": "on"], proof: proof)
          #expect(answer.status == 403, "\(path)")
        }
      }
      // Another session's proof is none of this one's.
      let other = WebBrowser(server)
      _ = try await other.signIn()
      try await other.get("/members")
      #expect(try await browser.post("/members/\(TestServer.accepted)/confirm", proof: other.field("form")).status == 403)
      #expect(try server.store.keys(server.organization) == before)
      #expect(try await server.member(TestServer.accepted).status == .accepted)
      // Nor does a sign-in come from a foreign page.
      let stranger = WebBrowser(server)
      #expect(try await stranger.post("/sign-in", ["email": "owner@example.net", "password": WebBrowser.password], proof: "x").status == 403)
    }
  }

  @Test func nothingIsShownWithoutASession() async throws {
    try await TestServer.run(.router) { server in
      let browser = WebBrowser(server)
      for route in WebSafe.routes {
        guard case .owner = route.action else { continue }
        let path = route.path.replacing("{id}", with: TestServer.user.description)
        let answer = route.method == .get ? try await browser.get(path) : try await browser.post(path)
        #expect(answer.status == 303 && answer.headers[.location] == "/sign-in" && answer.text.isEmpty, "\(path)")
      }
    }
  }

  @Test func failuresAreSlowedDown() async throws {
    try await TestServer.run(.router) { server in
      try await server.store.setPassword(server.organization, TestServer.owner, WebBrowser.password)
      for _ in 1...SignInThrottle.account.free {
        #expect(try await WebBrowser(server).signIn(WebBrowser.ownerEmail, "wrong wrong wrong").status == 400)
      }
      #expect(try await WebBrowser(server).signIn(WebBrowser.ownerEmail, "wrong wrong wrong").status == 400)
      // Now even the right one has to wait, whatever the case of the address.
      let answer = try await WebBrowser(server).signIn("Owner@Example.net")
      #expect(answer.status == 429)
      #expect(answer.text.contains("Too many attempts"))
      let seconds = try #require(answer.headers[.retryAfter].flatMap { Int($0) })
      #expect((1...2).contains(seconds))
      // Others are not held up.
      #expect(try await WebBrowser(server).signIn("other@example.net", "wrong wrong wrong").status == 400)
      try await Task.sleep(for: .seconds(Double(seconds) + 0.1))
      #expect(try await WebBrowser(server).signIn().status == 303)
      #expect(try await WebBrowser(server).signIn(WebBrowser.ownerEmail, "wrong wrong wrong").status == 400)
      #expect(try await WebBrowser(server).signIn().status == 303)
    }
  }

  @Test(arguments: Way.allCases) func pathsBesideTheAPIHavePages(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let browser = WebBrowser(server)
      let missing = try await browser.get("/no/such/page")
      #expect(missing.status == 404 && missing.text.contains("<!doctype html>"))
      #expect(missing.headers[.contentType] == "text/html; charset=utf-8")
      #expect(try await browser.post("/members/x/y").status == 404)
      let wrong = try await browser.get("/sign-out")
      #expect(wrong.status == 405 && wrong.headers[.allow] == "POST")
      for path in ["/api", "/api/", "/api/nothing", "/identity/x", "/api/public/nothing"] {
        let answer = try await browser.get(path)
        #expect(answer.status == 404 && answer.text.isEmpty, "\(path)")
      }
      let style = try await browser.get("/style.css")
      #expect(style.status == 200 && style.headers[.cacheControl] == "public, max-age=86400")
    }
  }

  @Test func formsHaveLimits() async throws {
    try await TestServer.run(.router) { server in
      let browser = WebBrowser(server)
      try await browser.get("/sign-in")
      #expect(try await browser.post("/sign-in", ["email": String(repeating: "a", count: WebSafe.formLimit)]).status == 413)
      let answer = try await server.client.execute(
        uri: "/sign-in", method: .post, headers: [.contentType: "text/plain"], body: ByteBuffer(string: "email=x")
      ) { Answer($0) }
      #expect(answer.status == 415)
    }
  }
}

/// Fed with moments, without clocks.
@Suite struct SignInThrottleTests {
  private let start = Timestamp(microseconds: 1_000_000_000_000_000)

  @Test func waitsDoubleUpToTheLongest() {
    var throttle = SignInThrottle(.init(free: 3, longest: 60))
    var now = start
    var waits: [Int] = []
    for _ in 1...12 {
      #expect(throttle.wait("a", at: now) == nil)
      throttle.begin("a", at: now)
      let wait = throttle.wait("a", at: now) ?? 0
      waits.append(wait)
      now = now.adding(seconds: wait)
    }
    #expect(waits == [0, 0, 0, 2, 4, 8, 16, 32, 60, 60, 60, 60])
    #expect(throttle.wait("b", at: now) == nil)
  }

  @Test func partOfASecondIsAWholeOne() {
    var throttle = SignInThrottle(.init(free: 0, longest: 60))
    throttle.begin("a", at: start)
    #expect(throttle.wait("a", at: Timestamp(microseconds: start.microseconds + 1_999_999)) == 1)
    #expect(throttle.wait("a", at: start.adding(seconds: 2)) == nil)
  }

  @Test func waitBeginsWhenTheFailureIsKnown() {
    var throttle = SignInThrottle(.init(free: 0, longest: 60))
    throttle.begin("a", at: start)
    throttle.fail("a", at: start.adding(seconds: 5))
    #expect(throttle.wait("a", at: start.adding(seconds: 5)) == 2)
    throttle.fail("b", at: start)
    #expect(throttle.count == 1)
  }

  @Test func rightPasswordForgets() {
    var throttle = SignInThrottle(.init(free: 1, longest: 60))
    for _ in 1...5 { throttle.begin("a", at: start) }
    throttle.forget("a")
    #expect(throttle.wait("a", at: start) == nil && throttle.count == 0)
    for _ in 1...5 { throttle.begin("a", at: start) }
    throttle.takeBack("a", at: start)
    throttle.begin("a", at: start)
    #expect(throttle.wait("a", at: start) == 16)
  }

  @Test func failuresAreForgottenInTime() {
    var throttle = SignInThrottle(.init(free: 1, longest: 60))
    for _ in 1...5 { throttle.begin("a", at: start) }
    let later = start.adding(seconds: SignInThrottle.memory)
    throttle.begin("a", at: later)
    #expect(throttle.wait("a", at: later) == nil)
  }

  @Test func memoryIsBounded() {
    var throttle = SignInThrottle(.init(free: 0, longest: 60), capacity: 100)
    for number in 0..<1_000 { throttle.begin("key \(number)", at: start.adding(seconds: number / 100)) }
    #expect(throttle.count <= 100)
    // The newest are kept.
    #expect(throttle.wait("key 999", at: start.adding(seconds: 9)) != nil)
  }

  @Test func clientsOfOneNetworkAreOne() {
    #expect(PasswordCheck.network("192.0.2.7") == "192.0.2.7")
    #expect(PasswordCheck.network("2001:db8:1:2::3") == PasswordCheck.network("2001:db8:1:2:ffff::9"))
    #expect(PasswordCheck.network("2001:db8:1:2::3") != PasswordCheck.network("2001:db8:1:3::3"))
    #expect(PasswordCheck.network("::ffff:192.0.2.7") != PasswordCheck.network("::ffff:192.0.2.8"))
  }
}
