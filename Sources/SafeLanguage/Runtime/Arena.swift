#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Memory for the texts of rows, given back all at once. One task appends; what was appended never moves, so others may read it meanwhile.
final class Arena: @unchecked Sendable {
  /// Of a table that will hold many rows, and of a row that stands alone: there may be a hundred thousand of these.
  static let firstChunkOfMany = 4 << 10
  static let firstChunkOfOne = 256
  private static let largestChunk = 1 << 20

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  /// What is free of the last chunk. Only one task appends, so looking after that at each text would be for nothing.
  @exclusivity(unchecked) private var space: UnsafeMutableRawPointer?
  @exclusivity(unchecked) private var freeCount = 0
  private var objects: [Box] = []

  private let firstChunk: Int

  init(firstChunk: Int = Arena.firstChunkOfMany) { self.firstChunk = firstChunk }

  deinit {
    Interruption.letGo(objects, size: objects.count)
    if chunks.count * Self.largestChunk > Interruption.little {
      Interruption.free(chunks.compactMap(\.baseAddress))
    } else {
      for chunk in chunks { free(chunk.baseAddress) }
    }
  }

  /// Copies bytes into the arena.
  @inline(__always)
  func add(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let space = reserve(bytes.count)
    if let base = bytes.baseAddress { space.copyMemory(from: base, byteCount: bytes.count) }
    return UnsafeRawPointer(space)
  }

  /// Memory for bytes that the caller fills.
  @inline(__always)
  func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    guard let base = space, count <= freeCount else { return newChunk(count) }
    space = base + count
    freeCount -= count
    return base
  }

  private func newChunk(_ count: Int) -> UnsafeMutableRawPointer {
    let size = max(count, min(Self.largestChunk, max(firstChunk, (chunks.last?.count ?? 0) * 2)))
    guard let base = malloc(max(size, 1)) else { preconditionFailure("there is no memory for \(size) bytes") }
    chunks.append(UnsafeMutableRawBufferPointer(start: base, count: max(size, 1)))
    space = base + count
    freeCount = max(size, 1) - count
    return base
  }

  /// Keeps a value that does not fit a cell alive as long as the arena.
  func keep(_ value: Value) -> Unmanaged<Box> {
    let box = Box(value)
    objects.append(box)
    return Unmanaged.passUnretained(box)
  }
}

/// A value that a cell points to: a list, a record, a table.
final class Box: Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
