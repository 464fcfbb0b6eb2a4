/// Counts the bytes a `BinaryWriter` will write for the same calls.
@frozen public struct BinarySize {
  /// The bytes so far.
  public var total: Int

  /// Starts with the fields the contract does not know.
  @inlinable @inline(__always)
  public init(_ unknownFields: UnknownFields) { total = unknownFields.count }
}

/// ⌈bits / 7⌉, and 1 for zero.
@inlinable @inline(__always)
func varintSize(_ value: UInt64) -> Int {
  ((64 &- (value | 1).leadingZeroBitCount) &* 9 &+ 64) >> 6
}

@inlinable @inline(__always)
func lengthDelimitedSize(_ count: Int) -> Int {
  varintSize(UInt64(truncatingIfNeeded: count)) &+ count
}

@inlinable @inline(__always)
func tagSize(_ field: Int) -> Int { varintSize(UInt64(truncatingIfNeeded: field &<< 3)) }

@inlinable @inline(__always)
func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

@inlinable @inline(__always)
func zigzag(_ value: Int32) -> UInt64 { UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))) }

@inlinable @inline(__always)
func unzigzag(_ value: UInt64) -> Int64 {
  Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
}

@inlinable @inline(__always)
func unzigzag(_ value: UInt32) -> Int32 {
  Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
}
