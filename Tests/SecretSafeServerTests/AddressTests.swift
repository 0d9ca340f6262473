import Foundation
import HTTPTypes
import NIOCore
import SecretSafeAPI
import Testing

@testable import SecretSafeServer
@testable import SecretSafeStore

/// Who calls, and who is believed about it.
@Suite struct AddressTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("::1", "::1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("1.2.3", nil), ("1.2.3.4.5", nil),
    ("", nil), ("host", nil), ("192.0.2.1:80", nil), ("[::1]", nil), (" 192.0.2.1", nil), ("256.1.1.1", nil),
  ])
  func anAddressHasOneForm(_ text: String, _ expected: String?) { #expect(IPAddress(text)?.description == expected) }

  @Test func aSocketsAddressIsTheSame() throws {
    for text in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"] {
      #expect(try IPAddress(SocketAddress(ipAddress: text, port: 80)) == IPAddress(text), "\(text)")
    }
    #expect(try IPAddress(SocketAddress(unixDomainSocketPath: "/x")) == nil)
    #expect(["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"].allSatisfy { IPAddress($0)?.isLoopback == true })
    #expect(["128.0.0.1", "::2", "::127.0.0.1"].allSatisfy { IPAddress($0)?.isLoopback == false })
  }

  @Test(arguments: [
    ("10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["11.0.0.0", "9.255.255.255", "::10.0.0.1"]),
    ("192.0.2.7", ["192.0.2.7"], ["192.0.2.6", "192.0.2.8"]), ("0.0.0.0/0", ["8.8.8.8"], ["::1"]), ("::/0", ["::1", "2001:db8::1"], ["8.8.8.8"]),
    ("fd00::/8", ["fd00::1", "fdff:ffff::"], ["fe00::", "fc00::"]), ("2001:db8::/64", ["2001:db8::ffff:1"], ["2001:db8:0:1::"]),
    ("2001:db8::4/127", ["2001:db8::5"], ["2001:db8::6"]), ("::1", ["::1"], ["::2"]), ("::ffff:10.0.0.0/104", ["10.9.9.9"], ["11.0.0.1"]),
    ("10.1.2.3/8", ["10.9.9.9"], ["11.0.0.1"]),
  ])
  func aNetworkHoldsItsOwn(_ text: String, _ inside: [String], _ outside: [String]) throws {
    let network = try Network(text)
    for address in inside { #expect(network.contains(try #require(IPAddress(address))), "\(address)") }
    for address in outside { #expect(!network.contains(try #require(IPAddress(address))), "\(address)") }
  }

  @Test(arguments: [
    ("10.0.0.0/33", "'10.0.0.0/33' has no prefix of 0 to 32 bits, such as 10.0.0.0/32"), ("fd00::/129", "0 to 128 bits"), ("10.0.0.0/", "no prefix"),
    ("10.0.0.0/+8", "no prefix"), ("::ffff:10.0.0.0/8", "96 to 128 bits"), ("example.net", "'example.net' is no network: write an address, or"),
    ("", "no network"), ("10.0.0/8", "no network"),
  ])
  func anotherTextIsExplained(_ text: String, _ expected: String) {
    #expect { try Network(text) } throws: { "\($0)".contains(expected) }
  }

  @Test(arguments: [
    ("10.0.0.1", ["192.0.2.9"], "192.0.2.9"), ("10.0.0.1", ["6.6.6.6, 192.0.2.9, 10.0.0.2"], "192.0.2.9"), ("10.0.0.1", ["6.6.6.6", "192.0.2.9"], "192.0.2.9"),
    ("192.0.2.1", ["6.6.6.6"], "192.0.2.1"), ("10.0.0.1", [], "10.0.0.1"), ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
    ("10.0.0.1", ["6.6.6.6, unknown"], "10.0.0.1"), ("10.0.0.1", ["192.0.2.9:4711"], "192.0.2.9"), ("fd00::1", ["[2001:db8::1]:80"], "2001:db8::1"),
    ("fd00::1", ["2001:db8::1"], "2001:db8::1"), ("10.0.0.1", ["::ffff:192.0.2.9"], "192.0.2.9"), ("10.0.0.1", [",,"], "10.0.0.1"),
  ])
  func theFirstFromTheRightThatIsNoProxyCalls(_ peer: String, _ forwarded: [String], _ expected: String) throws {
    let proxies = [try Network("10.0.0.0/8"), try Network("fd00::/8")]
    let client = ClientAddress.client(peer: try #require(IPAddress(peer)), forwarded: forwarded, proxies: proxies)
    #expect(client.description == expected)
  }

  @Test func eventsRecordTheCallerBehindAProxy() async throws {
    var operation = ServerOperation()
    operation.proxies = [try Network("127.0.0.0/8")]
    try await TestServer.run(.socket, operation: operation) { server in
      let forwarded: HTTPFields = [.forwardedFor: "6.6.6.6, 2001:DB8::7"]
      let answer = try await server.send(.post, "/groups", #"{"name":"x"}"#, headers: forwarded)
      let events = try server.store.read(server.organization) { try $0.events(EventFilter(start: Timestamp(microseconds: 0), end: .now()), limit: 50).events }
      #expect(answer.status == 200 && events.map(\.ipAddress) == ["2001:db8::7"])
    }
  }

  @Test func limitsAndLogsCountTheCallerBehindAProxy() async throws {
    let rules = try LimitRules(json: Array(#"{"rules":[{"service":"api","limit":1,"period":"1h"}]}"#.utf8))
    for (proxies, statuses) in [([try Network("127.0.0.1")], [200, 200, 429]), ([try Network("192.0.2.0/24")], [200, 429, 429])] {
      let lines = Lines()
      var operation = ServerOperation(limits: rules)
      operation.proxies = proxies
      operation.log = lines.logger()
      let isBelieved = statuses[1] == 200
      try await TestServer.run(.socket, operation: operation) { server in
        var found: [Int] = []
        for address in ["192.0.2.1", "192.0.2.2", "192.0.2.1"] {
          found.append(try await server.send(.get, "/members", headers: [.forwardedFor: address]).status)
        }
        #expect(found == statuses)
        #expect(lines.all.map { $0.contains(isBelieved ? " client=192.0.2." : " client=127.0.0.1 ") } == [true, true, true], "\(lines.all)")
      }
    }
  }
}
