import Foundation
import HTTPTypes
import HummingbirdTesting
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// Members, invitations, collections, events and the outbox.
@Suite struct WebSafePageTests {
  @Test(arguments: Way.allCases) func invitedPersonAcceptsAndIsConfirmed(_ way: Way) async throws {
    try await TestServer.run(way) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await browser.get("/members/invite")
      #expect(try await browser.post("/members/invite", ["email": "no address", "type": "user"]).status == 400)
      let invited = try await browser.post("/members/invite", ["email": "Kim@Example.net", "type": "user", "externalId": "hr-7"])
      let memberPath = try #require(invited.headers[.location]?.split(separator: "?").first.map(String.init))
      let id = try #require(GUID(memberPath.dropFirst("/members/".count)))
      #expect(try await browser.post("/members/invite", ["email": "kim@example.net", "type": "user"]).text.contains("already been invited"))
      #expect(try await browser.post("\(memberPath)/confirm").status == 400)

      let link = try server.invitationPath("kim@example.net")
      let outbox = try await browser.get("/outbox").text
      #expect(outbox.contains(link) && outbox.contains("waiting") && outbox.contains("sends no mail"))

      let person = WebBrowser(server)
      let page = try await person.get(link)
      #expect(page.status == 200 && page.text.contains("kim@example.net") && page.text.contains("Ours"))
      #expect(try await server.member(id).status == .invited, "looking at it accepts nothing")
      #expect(try await person.post(link, ["name": "Kim"], proof: "x").status == 403)
      #expect(try await person.post(link, ["name": "  "]).status == 400)
      #expect(try await person.post(link, ["name": String(repeating: "k", count: 101)]).status == 400)
      let accepted = try await person.post(link, ["name": " Kim <script>alert(1)</script> "])
      #expect(accepted.status == 200 && accepted.text.contains("confirm"))
      let member = try await server.member(id)
      #expect(member.status == .accepted && member.userId != nil && member.name == "Kim <script>alert(1)</script>")
      // The link has ended.
      #expect(try await person.get(link).status == 410)
      #expect(try await person.post(link, ["name": "Eve"]).status == 410)
      #expect(try await !browser.get("/outbox").text.contains(link))

      let list = try await browser.get("/members?status=accepted").text
      #expect(list.contains("Kim &lt;script&gt;alert(1)&lt;/script&gt;") && !list.contains("<script"))
      #expect(try await browser.post("\(memberPath)/confirm").headers[.location] == "\(memberPath)?done=confirmed")
      #expect(try await server.member(id).status == .confirmed)
      #expect(try await browser.get("\(memberPath)?done=confirmed").text.contains("The member is confirmed."))
      #expect(try await !browser.get("\(memberPath)?done=%3Cb%3E").text.contains("role=\"status\""))
      let events: EventPage = try await server.send(.get, "/events").decoded()
      let event = try #require(events.data.first)
      #expect(event.type.rawValue == 1501 && event.memberId == id && event.actingUserId == guid(40))
      if way == .socket { #expect(event.ipAddress == "127.0.0.1" || event.ipAddress == "::1") }
    }
  }

  @Test func newLinkEndsTheOldOne() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await browser.get("/members/invite")
      _ = try await browser.post("/members/invite", ["email": "kim@example.net", "type": "user"])
      let old = try server.invitationPath("kim@example.net")
      let id = try #require(try server.store.read(server.organization) { try $0.member(email: "kim@example.net") }?.id)
      #expect(try await browser.post("/members/\(id)/reinvite").status == 303)
      let new = try server.invitationPath("kim@example.net")
      let person = WebBrowser(server)
      let page = try await person.get(old)
      #expect(page.status == 410 && page.text.contains("This invitation is over"))
      #expect(try await person.get(new).status == 200)

      // A token that is wrong in any digit opens nothing, nor does half a link.
      let digit = new.last == "0" ? "1" : "0"
      for wrong in [String(new.dropLast()) + digit, String(new.dropLast()), "/join/x", "/join/999-" + String(repeating: "0", count: 64)] {
        #expect(try await person.get(wrong).status == 404, "\(wrong)")
        #expect(try await person.post(wrong, ["name": "Eve"]).status == 404, "\(wrong)")
      }
      // A suspended member cannot accept; a restored one can.
      try await server.store.change(server.organization) { try $0.revoke(id) }
      #expect(try await person.get(new).status == 410)
      try await server.store.change(server.organization) { try $0.restore(id) }
      #expect(try await person.get(new).status == 200)
      try await server.store.change(server.organization) { try $0.removeMember(id) }
      #expect(try await person.get(new).status == 404)
    }
  }

  @Test func membersAreLookedAfter() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      let path = "/members/\(TestServer.user)"
      let page = try await browser.get(path).text
      #expect(page.contains("Uwe User") && page.contains("Engineering") && page.contains("infra/production (view)") && page.contains("hr-1"))
      #expect(page.contains("action=\"\(path)/revoke\"") && page.contains("action=\"\(path)/remove\"") && page.contains("Remove user@example.net for good"))
      #expect(!page.contains("/confirm\"") && !page.contains("/restore\"") && !page.contains("/reinvite\""))
      for (member, action) in [(TestServer.accepted, "confirm"), (TestServer.invited, "reinvite")] {
        #expect(try await browser.get("/members/\(member)").text.contains("action=\"/members/\(member)/\(action)\""))
      }
      try await browser.get(path)
      #expect(try await browser.post("\(path)/revoke").status == 303)
      #expect(try await server.member(TestServer.user).status == .revoked)
      #expect(try await browser.post("\(path)/revoke").status == 400)
      #expect(try await browser.post("\(path)/restore").status == 303)
      #expect(try await server.member(TestServer.user).status == .confirmed)
      let unsure = try await browser.post("\(path)/remove")
      #expect(unsure.status == 400 && unsure.text.contains("tick the box"))
      #expect(try await browser.post("\(path)/remove", ["sure": "on"]).headers[.location] == "/members?done=removed")
      #expect(try await browser.get(path).status == 404)
      // The rules of the API hold here, too.
      let last = try await browser.post("/members/\(TestServer.owner)/revoke")
      #expect(last.status == 400 && last.text.contains("at least one confirmed owner"))
    }
  }

  @Test func thousandsOfMembersArePages() async throws {
    try await TestServer.run(.router) { server in
      try await server.store.change(server.organization) { change in
        for number in 1...2_000 {
          try change.load(Member(id: guid(10_000 + UInt64(number)), email: "person\(number)@example.net", status: .confirmed, type: .user))
        }
      }
      let browser = try await WebBrowser.signedIn(server)
      var seen: Set<Substring> = []
      var next: String? = "/members?status=confirmed&search=PERSON1"
      var pages = 0
      while let path = next {
        let text = try await browser.get(path).text
        #expect(text.utf8.count < 60_000)
        seen.formUnion(text.matches(of: /person\d+@example.net/).map(\.output))
        next = text.firstMatch(of: /rel="next" href="([^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
        pages += 1
      }
      // 1, 10 to 19, 100 to 199, 1000 to 1999
      #expect(seen.count == 1_111 && pages == 23)
      #expect(try await browser.get("/members").text.contains("confirmed 2002"))
      try await server.store.change(server.organization) {
        try $0.load(Member(id: guid(9_999), name: "Øyvind", email: "o@example.net", status: .staged, type: .user))
      }
      #expect(try await browser.get("/members?search=%C3%98yv").text.contains("o@example.net"))
      #expect(try await browser.get("/members?search=YVIND").text.contains("o@example.net"))
      #expect(try await browser.get("/members?search=%25").text.contains("Nobody here."))
    }
  }

  @Test func collectionsAreMade() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      #expect(try await browser.get("/collections").text.contains("infra/production"))
      #expect(try await browser.post("/collections", ["externalId": "\" onfocus=\"x"]).headers[.location] == "/collections?done=collection")
      _ = try await browser.post("/collections")
      #expect(try await browser.post("/collections", ["externalId": String(repeating: "x", count: 301)]).status == 400)
      #expect(try await browser.get("/collections?done=collection").text.contains("&quot; onfocus=&quot;x"))
      let list: ListAnswer<SharedCollection> = try await server.send(.get, "/collections").decoded()
      #expect(list.data.count == 4)
    }
  }

  @Test func collectionsComeInPages() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await server.store.change(server.organization) { change in
        for number in 2..<WebSafe.pageSize * 2 { try change.load(SharedCollection(id: guid(UInt64(1_000 + number)), externalId: "team/\(number)")) }
      }
      let first = try await browser.get("/collections").text
      let next = try #require(first.firstMatch(of: #/href="(/collections\?after=\d+)">Next/#)?.1)
      let second = try await browser.get(String(next)).text
      #expect(first.matches(of: #/data-label="External id"/#).count == WebSafe.pageSize && first.contains("infra/production"))
      #expect(second.matches(of: #/data-label="External id"/#).count == WebSafe.pageSize && second.contains("team/99") && !second.contains("team/2<"))
      #expect(!second.contains("Next page") && second.contains("First page"))
      for odd in ["x", "-1", "99999999999999999999", "9223372036854775807"] { #expect(try await browser.get("/collections?after=\(odd)").status == 200) }
    }
  }

  @Test func eventsAreFiltered() async throws {
    try await TestServer.run(.router) { server in
      let browser = try await WebBrowser.signedIn(server)
      let now = Timestamp.now()
      try await server.store.change(server.organization) { change in
        for number in 0..<120 {
          try change.load(Event(type: EventType(rawValue: 1107), memberId: TestServer.user, date: now.adding(seconds: -number)))
        }
        try change.load(Event(type: EventType(rawValue: 1000), actingUserId: guid(41), date: now.adding(seconds: -10 * 86_400)))
        try change.load(Event(type: EventType(rawValue: 9999), memberId: guid(555), date: Timestamp(microseconds: 1_600_000_000_000_000)))
      }
      let rows = { (text: String) in text.split(separator: "<tbody>").dropFirst().first.map { $0.matches(of: /<tr>/).count } ?? 0 }
      let types = { (text: String) in Set(text.matches(of: /data-label="Event" class="roomy">([^<]*)</).map { String($0.1) }) }
      let all = try await browser.get("/events").text
      #expect(rows(all) == 50)
      var next = all.firstMatch(of: /rel="next" href="([^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
      var counts: [Int] = []
      while let path = next {
        let text = try await browser.get(path).text
        counts.append(rows(text))
        next = text.firstMatch(of: /rel="next" href="([^"]*)"/).map { String($0.1).replacing("&amp;", with: "&") }
      }
      // The sign-in of this test is the first of all.
      #expect(counts == [50, 22])

      let byType = try await browser.get("/events?what=loggedin").text
      #expect(types(byType) == ["User_LoggedIn"] && rows(byType) == 2)
      let byMember = try await browser.get("/events?who=User@Example.net&what=user_").text
      #expect(rows(byMember) == 1 && byMember.contains("user@example.net"))
      let byOwner = try await browser.get("/events?who=owner@example.net").text
      #expect(rows(byOwner) == 1 && types(byOwner) == ["User_LoggedIn"])
      #expect(rows(try await browser.get("/events?who=\(TestServer.user)").text) == 50)
      let gone = try await browser.get("/events?from=2020-09-13&to=2020-09-13&who=\(guid(555))").text
      #expect(rows(gone) == 1 && types(gone) == ["9999"] && gone.contains("member \(guid(555))"))
      #expect(rows(try await browser.get("/events?who=nobody@example.net").text) == 0)
      #expect(rows(try await browser.get("/events?what=nothing%22%3E").text) == 0)
      #expect(try await browser.get("/events?from=x&to=2020-13-40&after=zz&what=").status == 200)
    }
  }

  @Test func outboxTellsStates() async throws {
    try await TestServer.run(.router, web: WebSettings(address: PublicAddress("https://safe.example.net"), sendsMail: true)) { server in
      let browser = try await WebBrowser.signedIn(server)
      try await server.store.change(server.organization) { change in
        for name in ["a", "b", "c", "d"] { _ = try change.invite(InviteBody(email: "\(name)@example.net", type: .user)) }
      }
      let mails = try server.store.dueMails(.now(), limit: 10)
      #expect(mails.map(\.email) == ["a@example.net", "b@example.net", "c@example.net", "d@example.net"])
      try await server.store.markSent(mails[0])
      try await server.store.markFailed(mails[1], "status 75: <later>", next: .now().adding(seconds: 60))
      try await server.store.markFailed(mails[2], "no way", next: nil)
      let text = try await browser.get("/outbox").text
      #expect(text.contains(">sent</span>") && text.contains(">failed</span>") && text.contains(">given up</span>") && text.contains(">waiting</span>"))
      #expect(text.contains("status 75: &lt;later&gt; (one attempt); next attempt"))
      #expect(text.matches(of: /https:\/\/safe.example.net\/join\/\d+-[0-9a-f]{64}/).count == 4)
      #expect(!text.contains("sends no mail"))
    }
  }

  /// An owner of the other organization, with ids of ours on every page and form.
  @Test func foreignOwnerReachesNothing() async throws {
    try await TestServer.run(.router) { server in
      try await server.store.setPassword(server.foreignOrganization, TestServer.foreignMember, WebBrowser.password)
      let scoped = try await server.store.addKey(server.organization, name: "ours only", scopes: .membersRead, expires: nil)
      try await server.store.change(server.organization) { _ = try $0.invite(InviteBody(email: "kim@example.net", type: .user)) }
      let keyID = try #require(scoped.clientID.split(separator: ".").last.map(String.init))
      let browser = WebBrowser(server)
      #expect(try await browser.signIn("foreign@example.net").status == 303)
      try await browser.get("/members")
      let before = try await server.everything()
      let keys = try server.store.keys(server.organization)
      let ours = ["Ours", "owner@example.net", "user@example.net", "kim@example.net", "infra/production", "ours only", "hr-1", guid(1).description]
      for route in WebSafe.routes {
        guard case .owner = route.action, route.path != "/sign-out" else { continue }
        let ids =
          route.path.contains("/keys/")
          ? [keyID] : [TestServer.user, TestServer.invited, TestServer.accepted, TestServer.owner].map(\.description)
        for id in route.path.contains("{id}") ? ids : [""] {
          let path = route.path.replacing("{id}", with: id)
          let answer: Answer
          if route.method == .get {
            answer = try await browser.get(path)
          } else {
            answer = try await browser.post(path, ["sure": "on", "email": "x@example.net", "type": "user", "id": keyID, "password": "wrong wrong wrong"])
          }
          if !id.isEmpty { #expect(answer.status == 404, "\(path)") }
          for text in ours { #expect(!answer.text.contains(text), "\(path): \(text)") }
          try await browser.get("/members")
        }
      }
      for path in ["/events?who=\(TestServer.user)", "/events?who=user@example.net", "/members?search=user", "/outbox?before=999"] {
        let text = try await browser.get(path).text
        #expect(!text.contains("Uwe") && !text.contains("kim@"), "\(path)")
      }
      #expect(try await server.everything() == before)
      #expect(try server.store.keys(server.organization) == keys)
    }
  }

  @Test func invitationLinksAreNotLogged() async throws {
    let lines = LockedLines()
    try await TestServer.run(.router, operation: ServerOperation(log: LineLog.logger(.text) { lines.append($0) })) { server in
      try await server.store.change(server.organization) { _ = try $0.invite(InviteBody(email: "kim@example.net", type: .user)) }
      #expect(try await WebBrowser(server).get(server.invitationPath("kim@example.net")).status == 200)
    }
    #expect(lines.all.count == 1 && lines.all[0].contains("GET /join/… 200"))
  }

  @Test func everyTemplateIsReadAndEscapes() {
    let empty = Page(title: "x", place: "x", formToken: "x", content: NoContent())
    for name in WebTemplates.pages.keys { #expect(WebTemplates.text(name, empty)?.hasSuffix("</html>") == true, "\(name)") }
    // A combining mark makes one character of the two, and is no excuse.
    #expect(Markup().escapeText("\"\u{301}>'&<\u{301}") == "&quot;\u{301}&gt;&#39;&amp;&lt;\u{301}")
    let page = Page(title: "\"\u{301}<b>", place: "<i>", isNarrow: false, formToken: "\"\u{301}x", problem: "<p>", content: ["text": "<u>", "path": "/", "label": "l"])
    let text = WebTemplates.text("message", page) ?? ""
    #expect(text.contains("&quot;\u{301}&lt;b&gt; · &lt;i&gt;") && text.contains("<p>&lt;u&gt;</p>"))
    #expect(!text.contains("<b>") && !text.contains("<i>") && !text.contains("<u>"))
  }
}

/// Lines from many threads.
private final class LockedLines: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []
  var all: [String] { lock.withLock { lines } }
  func append(_ line: String) { lock.withLock { lines.append(line) } }
}
