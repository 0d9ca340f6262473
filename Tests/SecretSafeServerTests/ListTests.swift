import HTTPTypes
import SecretSafeAPI
import SecretSafeStore
import Testing

@testable import SecretSafeServer

/// Lists are sent in parts, and are one list all the same.
@Suite struct ListTests {
  @Test(arguments: [499, 500, 501, 1_000, 1_250]) func partsMakeOneList(_ count: Int) async throws {
    try await TestServer.run(.socket) { server in
      try await server.store.change(server.organization) { change in
        for number in 0..<count - 5 {
          try change.load(
            Member(
              id: guid(UInt64(1_000 + number)), email: "m\(number)@example.net", status: .confirmed, type: .user,
              collections: number % 3 == 0 ? [Association(id: TestServer.production, access: .view), Association(id: TestServer.crm, access: .edit)] : []))
          try change.load(Group(id: guid(UInt64(10_000 + number)), name: "g\(number)"))
          try change.load(SharedCollection(id: guid(UInt64(20_000 + number))))
        }
      }
      let members: ListAnswer<Member> = try await server.send(.get, "/members").decoded()
      let stored = try server.store.read(server.organization) { try ($0.members(), $0.groups(), $0.collections()) }
      #expect(members.data.count == count && members.data.map(\.id) == stored.0.map(\.id))
      #expect(members.data.map { $0.collections?.count } == stored.0.map { $0.collections?.count })
      let groups: ListAnswer<Group> = try await server.send(.get, "/groups").decoded()
      #expect(groups.data == stored.1)
      let collections: ListAnswer<SharedCollection> = try await server.send(.get, "/collections").decoded()
      #expect(collections.data == stored.2)
    }
  }

  @Test func stepsOfOneReadingSeeOneMoment() async throws {
    try await withFile { path in
      let store = try Store.open(.file(path))
      let organization = try await store.createOrganization(name: "Acme")
      func add(_ number: UInt64) async throws {
        try await store.change(organization) { try $0.load(Group(id: guid(number), name: "g\(number)")) }
      }
      for number in 0..<10 { try await add(UInt64(number)) }
      do {
        let reading = try store.reading(organization)
        let first = try reading.read { try $0.groups(after: 0, limit: 5) }
        try await add(10)
        try await store.change(organization) { try $0.deleteGroup(guid(7)) }
        let second = try reading.read { try $0.groups(after: first.last ?? 0, limit: 50) }
        #expect((first.elements + second.elements).map(\.name) == (0..<10).map { "g\($0)" })
      }
      // Back among the others, it sees what is there.
      #expect(try store.read(organization) { try $0.groups().count } == 10)
      try store.close()
    }
  }
}
