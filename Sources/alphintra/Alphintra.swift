import ArgumentParser

@main
struct Alphintra: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alphintra",
    abstract: "Runs the services of the platform, and what they need.",
    discussion: """
      In production: `serve`, `migrate` and `operator`, set by the environment and by the JSON file that \
      ALPHINTRA_CONFIG names. On one machine: `dev` runs everything, `demo` proves that it works, `call` calls any RPC.

      The exit code is 0 for success, 64 for a wrong command line or setting, and 1 for all else; `call` tells every status apart.
      """,
    subcommands: [
      Serve.self, Migrate.self, Topics.self, Operator.self, Dev.self, Up.self, Demo.self,
      DevBroker.self, Certs.self, Call.self, DeadLettersCommand.self, OutboxCommand.self,
    ])
}
