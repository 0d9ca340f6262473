internal import CAllocator

/// How memory that was let go is kept.
public enum AllocatedMemory {
  /// For what waits for a network more than it computes, and holds much for some time: what is let go goes back to the system.
  public static func keepLittle() { allocator_keep_little() }
}
