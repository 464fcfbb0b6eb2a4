import ArgumentParser
import Configuration
import Foundation
import Logging
import Observability
import ProcessKit
import RPC

/// What all commands do before and after their work.
enum ProgramStart {
  /// Runs a command that reads settings: a wrong one ends the process with exit code 64.
  ///
  /// - Parameter label: the logger's name.
  static func run(
    _ label: String, _ body: (ConfigReader, Logger) async throws -> Void
  ) async throws {
    do {
      let reader = try await Settings.standardReader()
      let log = try LogConfiguration(reader)
      LoggingSystem.bootstrapLines(
        level: log.level, format: log.format, cloudProject: log.cloudProject
      ) {
        guard let context = ServerContext.current else { return .init() }
        return .init(correlationID: context.correlationID, span: context.span?.context)
      }
      try await body(reader, Logger(label: label))
    } catch let error as ConfigurationError {
      complain("\(error)")
      throw ExitCode(ConfigurationError.exitCode)
    }
  }

  /// Tells a person why the process ends.
  static func complain(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }
}
