public import Core

extension Decimal: PostgresCodable {
  /// `numeric`.
  public static var postgresType: PostgresType { .numeric }

  /// Appends the exact value.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    NumericFormat.append(self, to: &buffer)
  }

  /// Reads a `numeric` or an integer exactly; a value that does not fit is an error.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    guard cell.type == .numeric else {
      self.init(try Int(from: cell))
      return
    }
    self = try NumericFormat.decimal(try cell.requireBytes())
  }
}

extension Instant: PostgresCodable {
  /// Microseconds from 1970 to 2000, where PostgreSQL's time begins.
  private static let postgresEpoch: Int64 = 946_684_800_000_000

  /// `timestamptz`.
  public static var postgresType: PostgresType { .timestamptz }

  /// Appends the microseconds since 2000.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    // Instants of before 290,000 BC become −infinity's neighbours, which the server refuses.
    let (microseconds, overflow) = microseconds.subtractingReportingOverflow(Self.postgresEpoch)
    buffer.append(bigEndian: overflow ? Int64.min + 1 : microseconds)
  }

  /// Reads a `timestamptz`; the infinities are errors.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    guard cell.type == .timestamptz else { throw cell.bytes == nil ? .null : .typeMismatch }
    let value = try cell.integer(Int64.self)
    guard value != .min && value != .max else {
      throw .invalidValue("\(value < 0 ? "-" : "")infinity is no instant")
    }
    let (microseconds, overflow) = value.addingReportingOverflow(Self.postgresEpoch)
    guard !overflow else { throw .invalidValue("the time is out of range") }
    self.init(microseconds: microseconds)
  }
}

/// A decimal under a rule of its own, such as a price: bound as its number, read under its rule.
public protocol PostgresDecimal: PostgresCodable, PostgresArrayElement {
  /// What a number that breaks the rule is refused with.
  associatedtype Flaw: Error
  /// The number.
  var value: Decimal { get }
  /// Takes a number that keeps the rule.
  init(_ value: Decimal) throws(Flaw)
}

extension PostgresDecimal {
  /// `numeric`.
  public static var postgresType: PostgresType { .numeric }
  /// `numeric[]`.
  public static var postgresArrayType: PostgresType { .numericArray }
  /// Appends the number.
  public func encode(into buffer: inout PostgresParameterBuffer) { value.encode(into: &buffer) }
  /// Reads a number that keeps the rule.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let value = try Decimal(from: cell)
    do {
      try self.init(value)
    } catch {
      throw .invalidValue("\(error)")
    }
  }
}

extension Price: PostgresDecimal {}
extension Quantity: PostgresDecimal {}

extension UUIDv7: PostgresEncodable {
  /// `uuid`.
  public static var postgresType: PostgresType { .uuid }
  /// Appends the 16 bytes.
  public func encode(into buffer: inout PostgresParameterBuffer) {
    buffer.append(bigEndian: bits)
  }
}

extension OrderID: PostgresCodable {}
extension AccountID: PostgresCodable {}
extension UserID: PostgresCodable {}
extension TradeID: PostgresCodable {}
extension EventID: PostgresCodable {}
extension AssetID: PostgresCodable {}
