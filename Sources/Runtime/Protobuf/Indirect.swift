/// Stores a singular field of a recursive message behind a reference.
///
/// A value type cannot contain itself. A shared cell is copied before it is changed, so the field
/// still behaves as a value.
@propertyWrapper @frozen
public struct Indirect<Value: Sendable>: Sendable {
  @usableFromInline var box: Box<Value>?

  /// An unset field.
  @inlinable public init() { box = nil }

  /// A field with a value.
  @inlinable public init(wrappedValue: Value?) { box = wrappedValue.map { Box($0) } }

  /// The field.
  @inlinable public var wrappedValue: Value? {
    get { box?.value }
    _modify {
      let cell = uniqueBox()
      yield &cell.value
    }
    set { box = newValue.map { Box($0) } }
  }

  @usableFromInline mutating func uniqueBox() -> Box<Value> {
    if isKnownUniquelyReferenced(&box), let box { return box }
    let copy = Box(box?.value)
    box = copy
    return copy
  }
}

extension Indirect: Equatable where Value: Equatable {
  /// Compares the values.
  public static func == (left: Self, right: Self) -> Bool {
    left.box === right.box || left.wrappedValue == right.wrappedValue
  }
}

extension Indirect: Hashable where Value: Hashable {
  /// Hashes the value.
  public func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

/// One heap cell, changed only while one holder has it: so it may cross threads.
@usableFromInline
final class Box<Value: Sendable>: @unchecked Sendable {
  @usableFromInline var value: Value?
  @usableFromInline init(_ value: Value?) { self.value = value }
}
