public import AuthDomain
internal import Core
public import Postgres

extension EmailAddress: PostgresDecodable {
  /// Reads an address that was valid when it was stored.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let text = try String(from: cell)
    do throws(EmailAddressError) { try self.init(text) } catch { throw .invalidValue("\(error)") }
  }
}

extension SessionID: PostgresCodable {}

extension DisplayName: PostgresDecodable {
  /// Reads a name that was valid when it was stored.
  public init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    let text = try String(from: cell)
    do throws(DisplayNameError) { try self.init(text) } catch { throw .invalidValue("\(error)") }
  }
}
