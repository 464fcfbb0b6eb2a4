/// One thing that is known of a span, an event or a link: its name and its value.
public struct SpanAttribute: Sendable, Hashable {
  /// A value.
  public enum Value: Sendable, Hashable {
    /// Text.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number.
    case number(Double)
    /// Yes or no.
    case flag(Bool)
  }

  /// The most characters of a text; what is longer is cut.
  public static let maximumTextLength = 1_024

  /// The name, by OpenTelemetry's semantic conventions where they have one.
  public let name: String
  /// The value.
  public let value: Value

  /// An attribute; a text that is too long is cut.
  public init(_ name: String, _ value: Value) {
    self.name = name
    if case .text(let text) = value, text.unicodeScalars.count > Self.maximumTextLength {
      self.value = .text(String(text.unicodeScalars.prefix(Self.maximumTextLength)))
    } else {
      self.value = value
    }
  }
}

extension SpanAttribute.Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByStringInterpolation
{
  /// Text.
  public init(stringLiteral text: String) { self = .text(text) }
  /// A whole number.
  public init(integerLiteral number: Int) { self = .integer(number) }
  /// Yes or no.
  public init(booleanLiteral flag: Bool) { self = .flag(flag) }
}
