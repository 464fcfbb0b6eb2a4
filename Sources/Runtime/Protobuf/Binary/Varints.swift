/// How many bytes a varint takes: ⌈bits / 7⌉, and 1 for zero.
@inlinable @inline(__always)
func varintSize(_ value: UInt64) -> Int {
  ((64 &- (value | 1).leadingZeroBitCount) &* 9 &+ 64) >> 6
}

/// The lower seven bits of each of eight bytes, side by side.
@inlinable @inline(__always)
func squeezed(_ word: UInt64) -> UInt64 {
  var bits = word & 0x7f7f_7f7f_7f7f_7f7f
  bits = (bits & 0x007f_007f_007f_007f) | (bits & 0x7f00_7f00_7f00_7f00) &>> 1
  bits = (bits & 0x0000_3fff_0000_3fff) | (bits & 0x3fff_0000_3fff_0000) &>> 2
  return (bits & 0x0fff_ffff) | (bits & 0x0fff_ffff_0000_0000) &>> 4
}

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
