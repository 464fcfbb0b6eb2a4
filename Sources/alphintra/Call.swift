import ArgumentParser
import ContractRegistry
import Foundation
import GenericCaller
import Logging
import Observability
import Registry

/// `alphintra call`: any RPC from a shell.
struct Call: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Call any RPC, with JSON in and out.",
    discussion: """
      By default it calls the platform that `alphintra dev` runs from this folder, as its gateway does:

        alphintra call --list
        alphintra call --describe PlaceOrder
        alphintra call AuthService/Login '{"email":"ada@example.com","password":"…"}'
        alphintra call PlaceOrder @order.json --token-file token

      An RPC is named in full, without its package, or by its method alone where only one has that \
      name. Requests are JSON values one behind the other, responses one a line; a stream goes out as \
      it is read. A user's token may also stand in ALPHINTRA_TOKEN.

      The exit code is 0 for OK; 64 for a wrong command line or request; 64 + the number of the \
      status for any other, from 65 CANCELLED over 78 UNAVAILABLE to 80 UNAUTHENTICATED; and 1 for \
      a file that cannot be read or an output that cannot be written.
      """)

  @Flag(help: "List all services and RPCs.")
  var list = false

  @Flag(help: "Say what the contract says about an RPC, a service or a type.")
  var describe = false

  @Argument(
    help: "The RPC, such as TradingService/PlaceOrder or PlaceOrder.",
    completion: .custom { _, _, prefix in AllContracts.registry.completions(of: prefix) })
  var rpc: String?

  @Argument(help: "The requests: JSON, @file, or - for standard input.")
  var requests: String?

  @OptionGroup var flags: CallFlags

  func validate() throws {
    if list, describe || rpc != nil {
      throw ValidationError("--list stands alone: it shows everything")
    }
    if !list, rpc == nil {
      throw ValidationError("name an RPC; `alphintra call --list` shows all")
    }
  }

  func run() async throws {
    LoggingSystem.bootstrapLines(level: .error, format: .automatic)
    let session = CallSession(
      AllContracts.registry, flags, environment: ProcessInfo.processInfo.environment,
      terminal: .standard)
    do {
      if let rpc, !list {
        guard describe else {
          let status = await session.call(rpc, data: requests)
          if status != 0 { throw ExitCode(status) }
          return
        }
        try session.describe(rpc)
      } else {
        try session.list()
      }
    } catch let failure as CallFailure {
      ProgramStart.complain("\(failure)")
      throw ExitCode(failure.exitStatus)
    }
  }
}
