internal import CDescriptor

/// The numbers and names a message or enum gives to nobody.
public struct Reserved: Sendable, Hashable {
  /// The numbers, as the ranges the file states.
  public var numbers: [ClosedRange<Int32>]
  /// The names.
  public var names: [String]

  /// Creates what is reserved.
  public init(numbers: [ClosedRange<Int32>] = [], names: [String] = []) {
    self.numbers = numbers
    self.names = names
  }
}

extension Reserved {
  init(_ message: Google__Protobuf__DescriptorProto) {
    // The end of a message's range is the first number that is free again.
    numbers = elements(message.reserved_range, message.n_reserved_range).compactMap {
      Reserved.range($0.pointee.start, $0.pointee.end - 1)
    }
    names = elements(message.reserved_name, message.n_reserved_name).map { String(cString: $0) }
  }

  init(_ type: Google__Protobuf__EnumDescriptorProto) {
    // The end of an enum's range is its last number.
    numbers = elements(type.reserved_range, type.n_reserved_range).compactMap {
      Reserved.range($0.pointee.start, $0.pointee.end)
    }
    names = elements(type.reserved_name, type.n_reserved_name).map { String(cString: $0) }
  }

  private static func range(_ first: Int32, _ last: Int32) -> ClosedRange<Int32>? {
    first <= last ? first...last : nil
  }
}
