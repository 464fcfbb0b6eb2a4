import Foundation
import Postgres
import ProcessKit
import ServiceKit

/// A service's database as the service's role, for the commands of operators.
enum ServiceDatabase {
  /// Works with it, by the settings that the service itself is given.
  ///
  /// - Parameter label: the logger's name.
  static func run(
    _ label: String, of definition: ServiceDefinition, _ body: (PostgresPool) async throws -> Void
  ) async throws {
    try await ProgramStart.run(label) { reader, logger in
      var settings = Settings(reader, service: definition.name)
      let postgres = ServiceConfiguration.PostgresConfiguration(
        &settings, service: definition.name)
      try settings.finish()
      let database = PostgresPool(postgres.connection(to: definition.name, logger: logger))
      try await body(database)
      await database.close()
    }
  }
}

/// What came from outside, as a terminal may show it.
enum TerminalText {
  /// Without control characters, which could play tricks.
  static func visible(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  /// A payload as text where it is that, else in hexadecimal.
  static func payload(_ payload: [UInt8]?) -> String {
    guard let payload else { return "(no payload)" }
    if let text = String(validating: payload, as: UTF8.self) { return visible(text) }
    return payload.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
