/// One step of a schema's history, never changed once it has been released.
///
/// The text may hold several statements. It runs in one transaction, so it neither begins nor
/// commits one, and holds nothing that PostgreSQL refuses in a transaction.
public struct Migration: Sendable, Hashable {
  /// The place in the history, from 1.
  public let version: Int
  /// What the step does: `create_orders`.
  public let name: String
  /// The statements.
  public let sql: String

  /// Describes a step.
  public init(version: Int, name: String, sql: String) {
    self.version = version
    self.name = name
    self.sql = sql
  }

  /// Takes an embedded file: `Migration("V0001__create_orders", PackageResources.V0001__create_orders_sql)`.
  ///
  /// - Precondition: the name has the form `V<version>__<what it does>`.
  public init(_ fileName: String, _ contents: [UInt8]) {
    let parts = fileName.split(separator: "__", maxSplits: 1)
    guard parts.count == 2, parts[0].hasPrefix("V"), let version = Int(parts[0].dropFirst()),
      !parts[1].isEmpty
    else {
      preconditionFailure("\(fileName): migrations are named V0001__what_it_does")
    }
    self.init(
      version: version, name: String(parts[1]), sql: String(decoding: contents, as: UTF8.self))
  }
}

/// Why a schema cannot be brought up to date, or used.
public enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The list's versions do not rise.
  case notInOrder(schema: String, version: Int)
  /// An applied migration is not what it was.
  case changed(schema: String, version: Int, name: String)
  /// An applied migration is not in the list, though later ones are.
  case missing(schema: String, version: Int, name: String)
  /// A migration was added before ones that have been applied.
  case tooLate(schema: String, version: Int, name: String, applied: Int)
  /// Migrations are left to be applied.
  case notCurrent(schema: String, version: Int, name: String)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notInOrder(let schema, let version):
      "schema \(schema): migration \(version) is listed twice or out of order"
    case .changed(let schema, let version, let name):
      """
      schema \(schema): migration \(version) (\(name)) differs from what was applied: \
      restore its text, and put the change into a new migration
      """
    case .missing(let schema, let version, let name):
      "schema \(schema): migration \(version) (\(name)) was applied and is no longer listed"
    case .tooLate(let schema, let version, let name, let applied):
      """
      schema \(schema): migration \(version) (\(name)) is new, but \(applied) has been applied: \
      give it a higher version
      """
    case .notCurrent(let schema, let version, let name):
      """
      schema \(schema): migration \(version) (\(name)) has not been applied: \
      run `alphintra migrate`
      """
    }
  }
}
