public import Core

/// A field's type that a parameter of the path or the query can fill.
public protocol ParameterConvertible: Equatable, Sendable {
  /// Reads the text of a parameter.
  ///
  /// - Throws: `ParameterError` naming the parameter, the rule and the value.
  init(parameter: ParameterValue) throws(ParameterError)
}

extension String: ParameterConvertible {
  /// Takes the text as it is.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = parameter.text
  }
}

extension Bool: ParameterConvertible {
  /// Reads `true` or `false`.
  public init(parameter: ParameterValue) throws(ParameterError) {
    switch parameter.text {
    case "true": self = true
    case "false": self = false
    default: throw parameter.error("is true or false")
    }
  }
}

extension FixedWidthInteger where Self: ParameterConvertible {
  /// Reads a decimal integer without a plus sign.
  public init(parameter: ParameterValue) throws(ParameterError) {
    guard !parameter.text.hasPrefix("+"), let value = Self(parameter.text) else {
      throw parameter.error("is an integer from \(Self.min) to \(Self.max)")
    }
    self = value
  }
}

extension Int32: ParameterConvertible {}
extension Int64: ParameterConvertible {}
extension UInt32: ParameterConvertible {}
extension UInt64: ParameterConvertible {}

extension Double: ParameterConvertible {
  /// Reads a JSON number, `NaN`, `Infinity` or `-Infinity`.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try floatingPoint(parameter)
  }
}

extension Float: ParameterConvertible {
  /// Reads a JSON number, `NaN`, `Infinity` or `-Infinity`.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try floatingPoint(parameter)
  }
}

private func floatingPoint<Number: BinaryFloatingPoint & LosslessStringConvertible>(
  _ parameter: ParameterValue
) throws(ParameterError) -> Number {
  switch parameter.text {
  case "NaN": return .nan
  case "Infinity": return .infinity
  case "-Infinity": return -.infinity
  default:
    let isNumber = parameter.text.utf8.allSatisfy { byte in
      "0123456789+-.eE".utf8.contains(byte)
    }
    guard isNumber, !parameter.text.hasPrefix("+"), let value = Number(parameter.text),
      value.isFinite
    else { throw parameter.error("is a number, NaN, Infinity or -Infinity") }
    return value
  }
}

extension Decimal: ParameterConvertible {
  /// Reads an exact decimal number in its canonical grammar.
  public init(parameter: ParameterValue) throws(ParameterError) {
    do throws(DecimalError) {
      self = try Decimal(parameter.text)
    } catch {
      throw parameter.error("is a decimal number: \(error)")
    }
  }
}

extension Optional: ParameterConvertible where Wrapped: ParameterConvertible {
  /// Reads the value of a field that is present.
  public init(parameter: ParameterValue) throws(ParameterError) {
    self = try Wrapped(parameter: parameter)
  }
}
