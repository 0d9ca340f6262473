import Foundation
import SafeSystem
import Testing

/// Places that processes keep from one another; an open file of its own stands for another process, as the system sees it.
@Suite struct RegionLockTests {
  private func locks(_ body: (RegionLocks, RegionLocks) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "locks-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(RegionLocks(path), RegionLocks(path))
  }

  @Test func aPlaceIsHeldByOne() throws {
    try locks { one, other throws in
      #expect(try one.take(7))
      #expect(try other.take(7) == false)
      #expect(try other.take(8))
      #expect(try one.take(8) == false)
      one.give(7)
      #expect(try other.take(7))
    }
  }

  @Test func aPlaceThatIsTakenTwiceIsGivenTwice() throws {
    try locks { one, other throws in
      #expect(try one.take(7))
      #expect(try one.take(7))
      one.give(7)
      #expect(try other.take(7) == false)
      one.give(7)
      #expect(try other.take(7))
    }
  }

  @Test func allPlacesAreTakenWhenNobodyHoldsOne() throws {
    try locks { one, other throws in
      #expect(try one.take(1 << 61))
      #expect(try other.takeAll() == false)
      one.give(1 << 61)
      #expect(try other.takeAll())
      #expect(try one.take(3) == false)
      other.giveAll()
      #expect(try one.take(3))
    }
  }
}
