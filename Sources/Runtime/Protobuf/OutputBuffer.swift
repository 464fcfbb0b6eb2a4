/// Memory that grows while a writer appends to it.
///
/// It begins with memory of the caller, usually of its stack, so that a short text or message
/// allocates nothing but its result.
@frozen @usableFromInline struct OutputBuffer: ~Copyable {
  /// How many bytes the caller's memory should have.
  @inlinable static var initialCapacity: Int { 1024 }

  @usableFromInline var position: UnsafeMutableRawPointer
  @usableFromInline var start: UnsafeMutableRawPointer
  @usableFromInline var limit: UnsafeMutableRawPointer
  /// Whether `start` was allocated here, because the caller's memory was too small.
  @usableFromInline var isOwned = false

  /// Starts empty in memory that outlives the buffer.
  @inlinable init(_ memory: UnsafeMutableRawBufferPointer) {
    // The closure that calls this got memory of `initialCapacity` bytes, which has an address.
    start = memory.baseAddress.unsafelyUnwrapped
    position = start
    limit = start + memory.count
  }

  @inlinable deinit {
    if isOwned { start.deallocate() }
  }

  /// What has been written.
  @inlinable var bytes: [UInt8] { [UInt8](text) }

  /// The same in place, until more is written.
  @inlinable var text: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
  }

  /// How much has been written.
  @inlinable @inline(__always) var count: Int { position - start }

  /// Makes room for `count` more bytes.
  @inlinable @inline(__always)
  mutating func reserve(_ count: Int) {
    if _slowPath(limit - position < count) { grow(by: count) }
  }

  @usableFromInline @inline(never)
  mutating func grow(by count: Int) {
    let used = self.count
    // Steep at first: a buffer that has outgrown the stack will not stay small.
    let capacity = max((limit - start) * (used < 1 << 16 ? 4 : 2), used + count)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    larger.copyMemory(from: start, byteCount: used)
    if isOwned { start.deallocate() }
    isOwned = true
    start = larger
    position = larger + used
    limit = larger + capacity
  }

  /// Appends a byte; room must have been reserved.
  @inlinable @inline(__always)
  mutating func put(_ byte: UInt8) {
    position.storeBytes(of: byte, as: UInt8.self)
    position += 1
  }

  /// Appends a value as it lies in memory; room must have been reserved.
  @inlinable @inline(__always)
  mutating func put<T: BitwiseCopyable>(bits value: T) {
    position.storeBytes(of: value, as: T.self)
    position += MemoryLayout<T>.size
  }

  /// Appends bytes; room must have been reserved.
  @inlinable @inline(__always)
  mutating func put(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    position.copyMemory(from: source, byteCount: bytes.count)
    position += bytes.count
  }

  /// Appends bytes; room must have been reserved.
  @inlinable @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) { put(UnsafeRawBufferPointer(bytes)) }
}
