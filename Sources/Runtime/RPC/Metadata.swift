/// The named values that accompany a call beside its messages, in the order they were added.
///
/// Names are lower-case and may repeat. A value is printable ASCII text, or, when the name ends in
/// `-bin`, bytes. Names that begin with `grpc-` or `:` and the transport's own (`content-type`, `te`)
/// never appear.
public struct Metadata: Sendable, Hashable {
  /// One value of one name.
  public enum Value: Sendable, Hashable {
    /// Printable ASCII text.
    case text(String)
    /// The bytes of a name that ends in `-bin`.
    case bytes([UInt8])
  }

  /// One named value.
  public struct Element: Sendable, Hashable {
    /// The name, lower-case.
    public let name: String
    /// The value.
    public let value: Value
  }

  /// The named values in order.
  public private(set) var elements: [Element] = []

  /// Creates metadata without values.
  public init() {}

  /// The first text under this name.
  public subscript(name: String) -> String? {
    for element in self.elements where element.name == name {
      if case .text(let text) = element.value { return text }
    }
    return nil
  }

  /// The first bytes under this name, which ends in `-bin`.
  public subscript(bytes name: String) -> [UInt8]? {
    for element in self.elements where element.name == name {
      if case .bytes(let bytes) = element.value { return bytes }
    }
    return nil
  }

  /// All values under this name, in order.
  public func values(named name: String) -> [Value] {
    self.elements.filter { $0.name == name }.map(\.value)
  }

  /// Adds text under a name that does not end in `-bin`.
  ///
  /// - Throws: `MetadataError` if the name or the text may not travel in a header.
  public mutating func add(_ name: String, _ text: String) throws(MetadataError) {
    try Self.check(name: name, isBinary: false)
    guard text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw MetadataError(name: name, rule: .textIsPrintableASCII)
    }
    self.elements.append(Element(name: name, value: .text(text)))
  }

  /// Adds bytes under a name that ends in `-bin`.
  ///
  /// - Throws: `MetadataError` if the name may not travel in a header.
  public mutating func add(_ name: String, bytes: [UInt8]) throws(MetadataError) {
    try Self.check(name: name, isBinary: true)
    self.elements.append(Element(name: name, value: .bytes(bytes)))
  }

  /// Removes all values under a name.
  public mutating func remove(_ name: String) {
    self.elements.removeAll { $0.name == name }
  }

  /// Adds all values of other metadata after these.
  public mutating func append(contentsOf other: Metadata) {
    self.elements.append(contentsOf: other.elements)
  }

  /// The number of values.
  public var count: Int { self.elements.count }

  /// Whether there are no values.
  public var isEmpty: Bool { self.elements.isEmpty }

  /// The size as HTTP/2 counts it: each name and value as sent, plus 32 bytes (RFC 9113, 10.5.1).
  public var encodedSize: Int {
    self.elements.reduce(0) { size, element in
      switch element.value {
      case .text(let text): size + element.name.utf8.count + text.utf8.count + 32
      case .bytes(let bytes): size + element.name.utf8.count + (bytes.count * 4 + 2) / 3 + 32
      }
    }
  }

  /// Adds a value whose name and form a transport has already checked.
  package mutating func addReceived(_ name: String, _ value: Value) {
    // What most calls carry goes into one piece of memory.
    if self.elements.isEmpty { self.elements.reserveCapacity(Self.usualCount) }
    self.elements.append(Element(name: name, value: value))
  }

  private static let usualCount = 4

  private static func check(name: String, isBinary: Bool) throws(MetadataError) {
    guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameCharacter) else {
      throw MetadataError(name: name, rule: .nameIsLowerCase)
    }
    guard !Self.isReserved(name) else { throw MetadataError(name: name, rule: .nameIsNotReserved) }
    guard name.hasSuffix("-bin") == isBinary else {
      throw MetadataError(name: name, rule: .suffixMatchesValue)
    }
  }

  private static func isNameCharacter(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  /// Whether a name belongs to the protocol and not to the application.
  package static func isReserved(_ name: String) -> Bool {
    name.hasPrefix("grpc-") || name == "content-type" || name == "te" || name == "connection"
      || name == "host"
  }
}

/// Why a value was refused as metadata.
public struct MetadataError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The rule that was broken.
  public enum Rule: String, Sendable, Hashable {
    /// Names consist of `a-z 0-9 _ - .`.
    case nameIsLowerCase = "a name consists of a-z, 0-9, '_', '-' and '.'"
    /// Names of the protocol itself cannot be set.
    case nameIsNotReserved = "a name must not be one that the protocol uses"
    /// Names of bytes end in `-bin`, names of text do not.
    case suffixMatchesValue = "a name ends in -bin exactly when its value is bytes"
    /// Text consists of the characters from space to tilde.
    case textIsPrintableASCII = "text consists of printable ASCII characters"
  }

  /// The name under which the value was to be added.
  public let name: String
  /// The rule that was broken.
  public let rule: Rule

  /// The name and the rule, without the value, which might be a secret.
  public var description: String { "metadata \"\(self.name)\": \(self.rule.rawValue)" }
}

extension Metadata.Value: ExpressibleByStringLiteral {
  /// Creates text written in the program.
  public init(stringLiteral text: String) {
    self = .text(text)
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  /// Creates metadata from names and texts written in the program.
  ///
  /// A literal that breaks a rule of metadata is a programmer's error and stops the process; what is
  /// only known at run time goes through `add`.
  public init(dictionaryLiteral elements: (String, Value)...) {
    for (name, value) in elements {
      do {
        switch value {
        case .text(let text): try self.add(name, text)
        case .bytes(let bytes): try self.add(name, bytes: bytes)
        }
      } catch {
        preconditionFailure(error.description)
      }
    }
  }
}

extension Metadata: CustomStringConvertible {
  /// The names only: values may be secrets.
  public var description: String { "\(self.elements.map(\.name))" }
}
