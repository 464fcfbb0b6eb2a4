extension Wire {
  /// Elements of type `int32`.
  public enum Int32: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int32
    /// Drops the upper bits of longer integers.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.Int32 {
      Swift.Int32(truncatingIfNeeded: varint)
    }
    /// Extends the sign to 64 bits.
    @inlinable public static func varint(_ value: Swift.Int32) -> Swift.UInt64 {
      Swift.UInt64(bitPattern: Swift.Int64(value))
    }
  }

  /// Elements of type `int64`.
  public enum Int64: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int64
    /// Keeps the bits.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.Int64 {
      Swift.Int64(bitPattern: varint)
    }
    /// Keeps the bits.
    @inlinable public static func varint(_ value: Swift.Int64) -> Swift.UInt64 {
      Swift.UInt64(bitPattern: value)
    }
  }

  /// Elements of type `uint32`.
  public enum UInt32: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.UInt32
    /// Drops the upper bits of longer integers.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.UInt32 {
      Swift.UInt32(truncatingIfNeeded: varint)
    }
    /// Extends with zeros.
    @inlinable public static func varint(_ value: Swift.UInt32) -> Swift.UInt64 {
      Swift.UInt64(value)
    }
  }

  /// Elements of type `uint64`.
  public enum UInt64: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.UInt64
    /// Keeps the bits.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.UInt64 { varint }
    /// Keeps the bits.
    @inlinable public static func varint(_ value: Swift.UInt64) -> Swift.UInt64 { value }
  }

  /// Elements of type `sint32`.
  public enum SInt32: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int32
    /// Undoes the zigzag.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.Int32 {
      unzigzag(Swift.UInt32(truncatingIfNeeded: varint))
    }
    /// Makes small magnitudes small numbers.
    @inlinable public static func varint(_ value: Swift.Int32) -> Swift.UInt64 { zigzag(value) }
  }

  /// Elements of type `sint64`.
  public enum SInt64: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int64
    /// Undoes the zigzag.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.Int64 {
      unzigzag(varint)
    }
    /// Makes small magnitudes small numbers.
    @inlinable public static func varint(_ value: Swift.Int64) -> Swift.UInt64 { zigzag(value) }
  }

  /// Elements of type `bool`.
  public enum Bool: VarintCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Bool
    /// Anything but zero is true.
    @inlinable public static func value(_ varint: Swift.UInt64) -> Swift.Bool { varint != 0 }
    /// One for true.
    @inlinable public static func varint(_ value: Swift.Bool) -> Swift.UInt64 { value ? 1 : 0 }
  }

  /// Elements of type `fixed32`.
  public enum Fixed32: FixedCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.UInt32
  }

  /// Elements of type `fixed64`.
  public enum Fixed64: FixedCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.UInt64
  }

  /// Elements of type `sfixed32`.
  public enum SFixed32: FixedCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int32
  }

  /// Elements of type `sfixed64`.
  public enum SFixed64: FixedCoding, MapKeyCoding {
    /// The Swift type.
    public typealias Value = Swift.Int64
  }

  /// Elements of type `float`.
  public enum Float: FixedCoding {
    /// The Swift type.
    public typealias Value = Swift.Float
  }

  /// Elements of type `double`.
  public enum Double: FixedCoding {
    /// The Swift type.
    public typealias Value = Swift.Double
  }
}
