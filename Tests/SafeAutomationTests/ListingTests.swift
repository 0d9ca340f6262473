import SafeLanguage
import SecretSafeAPI
import Testing

@testable import SafeAutomation

/// A list finds by id and by name what a dictionary would.
struct ListingTests {
  private static func group(_ id: Int, _ name: String) -> Group { Group(id: GUID(high: 7, low: UInt64(id)), name: name) }

  private static func listing(_ groups: [Group]) -> Listing<Group> {
    Listing(groups, SecretSafeSchema.groups.row, id: { $0.id }, name: { $0.name.lowercased() }) { Rows.values($0) }
  }

  @Test(arguments: 1...20) func whatComesAndGoesIsFound(_ seed: UInt64) {
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var expected = Dictionary(uniqueKeysWithValues: (0..<random(40)).map { ($0, "N\($0)") })
    var listing = Self.listing(expected.sorted { $0.key < $1.key }.map { Self.group($0.key, $0.value) })
    for step in 0..<2_000 {
      let id = random(300)
      switch random(4) {
      case 0:
        listing.remove(Self.group(id, "").id)
        expected[id] = nil
      case 1 where step % 50 == 0: #expect(listing.models.count == expected.count)
      default:
        // A name is one object's own, and may become another.
        let name = "N\(id)-\(random(3))"
        listing.put(Self.group(id, name))
        expected[id] = name
      }
      let asked = random(300)
      #expect(listing.model(Self.group(asked, "").id)?.name == expected[asked])
      for name in 0..<3 {
        let text = "N\(asked)-\(name)"
        #expect(listing.model(named: text.lowercased())?.name == (expected[asked] == text ? text : nil))
      }
    }
    #expect(Set(listing.models.map(\.name)) == Set(expected.values))
    for (index, model) in listing.models.enumerated() {
      #expect(listing.index(model.id) == index)
      #expect(listing.row(model.id)?.value("name") == .text(model.name))
    }
  }

  /// Of several with one name the last that came is the one.
  @Test func theLastOfANameIsFound() {
    var listing = Self.listing([Self.group(1, "A"), Self.group(2, "A")])
    #expect(listing.model(named: "a")?.id == Self.group(1, "").id)
    listing.put(Self.group(3, "a"))
    #expect(listing.model(named: "a")?.id == Self.group(3, "").id)
    listing.remove(Self.group(3, "").id)
    #expect(listing.model(Self.group(3, "").id) == nil)
  }
}
