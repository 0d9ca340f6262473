/// Memory for the texts of rows, given back all at once. One task appends; what was appended never moves, so others may read it meanwhile.
final class Arena: @unchecked Sendable {
  private static let firstChunk = 4 << 10
  private static let largestChunk = 1 << 20

  private var chunks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  private var objects: [Box] = []

  init() {}

  deinit {
    for chunk in chunks { chunk.deallocate() }
  }

  /// Copies bytes into the arena.
  func add(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let space = reserve(bytes.count)
    if let base = bytes.baseAddress { space.copyMemory(from: base, byteCount: bytes.count) }
    return UnsafeRawPointer(space)
  }

  private func reserve(_ count: Int) -> UnsafeMutableRawPointer {
    if let last = chunks.last, let base = last.baseAddress, used + count <= last.count {
      defer { used += count }
      return base + used
    }
    let size = max(count, min(Self.largestChunk, max(Self.firstChunk, (chunks.last?.count ?? 0) * 2)))
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: max(size, 1), alignment: 8)
    chunks.append(chunk)
    used = count
    guard let base = chunk.baseAddress else { preconditionFailure("a chunk of at least one byte has an address") }
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
