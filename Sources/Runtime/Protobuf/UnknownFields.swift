/// The fields of a message its contract does not know, in wire format and in order of arrival.
///
/// Nothing is allocated until there is one.
@frozen public struct UnknownFields: Sendable, Hashable {
  @usableFromInline var storage: [UInt8]?

  /// No fields.
  @inlinable @inline(__always) public init() { storage = nil }

  /// Whether there are none.
  @inlinable @inline(__always) public var isEmpty: Bool { storage == nil }

  /// How many bytes they take.
  @inlinable @inline(__always) public var count: Int { storage?.count ?? 0 }

  /// The fields in wire format.
  @inlinable public var bytes: [UInt8] { storage ?? [] }

  /// Adds fields in wire format.
  @usableFromInline @inline(never)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    var all = storage ?? []
    storage = nil
    all.append(contentsOf: bytes)
    storage = all
  }
}
