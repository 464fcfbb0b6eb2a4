/// The names by which JSON knows an enum's values.
///
/// Its memory is never freed: the values of a contract live as long as the program, and a reader need not
/// count references to them.
public struct EnumNames: @unchecked Sendable {
  /// One value: its number and its two names.
  public struct Value: Sendable {
    let number: Int32
    let json: StaticString
    let proto: StaticString

    /// A value: the number, the name that JSON prints, and the one in the contract, which is read as well.
    public static func value(
      _ number: Int32, _ json: StaticString, _ proto: StaticString
    ) -> Value {
      Value(number: number, json: json, proto: proto)
    }
  }

  // Never written to after `init`: that is what makes the pointer safe to share.
  private let values: UnsafePointer<Value>
  private let count: Int

  /// Takes the values in the order of the contract; of those with one number the first is printed.
  public init(_ values: [Value]) {
    count = values.count
    let copy = UnsafeMutablePointer<Value>.allocate(capacity: values.count)
    for (index, value) in values.enumerated() { (copy + index).initialize(to: value) }
    self.values = UnsafePointer(copy)
  }

  /// The number of the value with this name in either form.
  func number(of name: UnsafeBufferPointer<UInt8>) -> Int32? {
    for index in 0..<count
    where values[index].json.matches(name) || values[index].proto.matches(name) {
      return values[index].number
    }
    return nil
  }

  /// The name that JSON prints; nil for a number that the contract does not name.
  func json(_ number: Int32) -> StaticString? {
    // Most enums count from 0.
    let index = Int(number)
    if index >= 0, index < count, values[index].number == number { return values[index].json }
    for index in 0..<count where values[index].number == number { return values[index].json }
    return nil
  }
}

extension StaticString {
  /// Whether the bytes are these.
  @inline(__always)
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard utf8CodeUnitCount == bytes.count, let other = bytes.baseAddress else { return false }
    let mine = utf8Start
    for index in 0..<bytes.count where mine[index] != other[index] { return false }
    return true
  }
}
