internal import CAllocator

/// How memory that was let go is kept.
public enum AllocatedMemory {
  /// For what waits for a network more than it computes, and holds much for some time: what is let go goes back to the system.
  public static func keepLittle() { allocator_keep_little() }

  /// To be called where much was let go: what lies between pieces that are still in use goes back to the system as well.
  public static func giveBack() { allocator_give_back() }
}
