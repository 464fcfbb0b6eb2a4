internal import Postgres

/// The stored form of a password: a PHC string of Argon2id.
struct PasswordHash: Hashable, Sendable {
  /// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
  let phc: String
}

extension PasswordHash: CustomStringConvertible {
  /// Nothing: who can read hashes can guess at leisure.
  var description: String { "(hash)" }
}

extension PasswordHash: PostgresCodable {
  static var postgresType: PostgresType { String.postgresType }

  func encode(into buffer: inout PostgresParameterBuffer) { phc.encode(into: &buffer) }

  init(from cell: PostgresCell) throws(PostgresDecodingFailure) {
    self.init(phc: try String(from: cell))
  }
}
