public import ArgumentParser
public import AuthService
import Certificates
import Foundation
import ProcessKit

/// `alphintra operator`: the accounts of who runs the platform.
struct Operator: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the accounts of staff, and say what they may.",
    discussion: """
      An operator credits deposits and reads trial balances, an admin decides about users; staff does not trade.
      """,
    subcommands: [OperatorCreate.self, OperatorGrant.self, OperatorWithdraw.self])
}

extension OperatorAccounts.StaffRole: ExpressibleByArgument {}

/// `alphintra operator create`.
struct OperatorCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Make an operator or an admin, with a generated password.",
    discussion: """
      Works on the auth service's schema as that service's role, by the same settings: \
      AUTH_POSTGRES_HOST, AUTH_POSTGRES_PORT, AUTH_POSTGRES_DATABASE, AUTH_POSTGRES_ROLE, \
      AUTH_POSTGRES_PASSWORD_FILE, and AUTH_ARGON2_…; after `alphintra migrate`.

      The password is generated and printed, this once. With --password-file it is not printed: the \
      file's first line is the password, and a file that is not there is made, readable by its owner \
      alone. Staff that is there gets that password, and what was begun with the old one ends; repeated, the command changes nothing. An address that belongs to a user who has not that role is refused.
      """)

  @Option(help: "The address the member of staff logs in with.")
  var email: String

  @Option(help: "What the member of staff is to the platform.")
  var role = OperatorAccounts.StaffRole.operator

  @Option(help: "The name shown to others.")
  var displayName = "Operator"

  @Option(help: ArgumentHelp("Where the password is, or is put.", valueName: "path"))
  var passwordFile: String?

  func run() async throws {
    try await ProgramStart.run("operator") { reader, logger in
      let accounts = try await OperatorAccounts(reader, logger: logger)
      do {
        let (password, isShown) = try choosePassword()
        let outcome = try await accounts.ensure(
          email: email, displayName: displayName, password: password, role: role)
        print(report(outcome))
        if isShown { print("password: \(password)") }
        await accounts.close()
      } catch let error as OperatorAccountError {
        await accounts.close()
        ProgramStart.complain("\(error)")
        throw ExitCode.failure
      }
    }
  }

  /// The password, and whether it is for the terminal.
  private func choosePassword() throws -> (text: String, isShown: Bool) {
    guard let passwordFile else { return (GeneratedPassword.make(), true) }
    if let data = FileManager.default.contents(atPath: passwordFile) {
      return (String(String(decoding: data, as: UTF8.self).prefix { !$0.isNewline }), false)
    }
    let password = GeneratedPassword.make()
    try PrivateFile.write(password + "\n", to: passwordFile)
    return (password, false)
  }

  private func report(_ outcome: OperatorAccounts.Outcome) -> String {
    switch outcome {
    case .made: "made the \(role.rawValue) \(email)"
    case .passwordReplaced: "the \(role.rawValue) \(email) has a new password"
    case .kept: "the \(role.rawValue) \(email) is there"
    }
  }
}
