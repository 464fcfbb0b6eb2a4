import ArgumentParser
import AuthService

/// What both commands about a role are told.
struct RoleOptions: ParsableArguments {
  @Option(help: "The address of the member of staff.")
  var email: String

  @Option(help: "The role.")
  var role: OperatorAccounts.StaffRole

  /// Makes the change, and says in one line what became of it.
  func run(
    _ change: @escaping @Sendable (OperatorAccounts) async throws -> Bool, done: String
  ) async throws {
    let (email, role) = (email, role)
    try await ProgramStart.run("operator") { reader, logger in
      let accounts = try await OperatorAccounts(reader, logger: logger)
      do {
        let isChanged = try await change(accounts)
        print(isChanged ? "\(email) \(done) \(role.rawValue)" : "\(email) is as it should be")
        await accounts.close()
      } catch let error as OperatorAccountError {
        await accounts.close()
        ProgramStart.complain("\(error)")
        throw ExitCode.failure
      }
    }
  }
}

/// `alphintra operator grant`.
struct OperatorGrant: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant",
    abstract: "Grant a member of staff another role.",
    discussion: """
      By the same settings as `alphintra operator create`. The member's next tokens have the role: after a log-in or \
      an exchange. Who trades is granted none. Told in `user_events`.
      """)

  @OptionGroup var options: RoleOptions

  func run() async throws {
    let (role, email) = (options.role, options.email)
    try await options.run({ try await $0.grant(role, to: email) }, done: "is now also")
  }
}

/// `alphintra operator withdraw`.
struct OperatorWithdraw: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw",
    abstract: "Withdraw a role from a member of staff.",
    discussion: """
      By the same settings as `alphintra operator create`. The member's sessions end, and with them every token, \
      within seconds. Told in `user_events`.
      """)

  @OptionGroup var options: RoleOptions

  func run() async throws {
    let (role, email) = (options.role, options.email)
    try await options.run({ try await $0.withdraw(role, from: email) }, done: "is no longer")
  }
}
