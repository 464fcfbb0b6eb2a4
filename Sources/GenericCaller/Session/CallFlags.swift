public import ArgumentParser
import RPC

/// What a command line can say about a call beside its RPC and its requests.
public struct CallFlags: ParsableArguments, Sendable {
  /// How responses are set.
  public enum Layout: String, EnumerableFlag, Sendable {
    /// One value a line.
    case pretty
    /// One message a line.
    case compact

    /// Says what the flag does.
    public static func help(for value: Layout) -> ArgumentHelp? {
      switch value {
      case .pretty: "Print responses for a person; the default on a terminal."
      case .compact: "Print one response a line; the default into a pipe or a file."
      }
    }
  }

  @Option(help: "The requests: JSON, @file, or - for standard input; as the second argument.")
  var data: String?

  @Option(
    name: [.customShort("H"), .long],
    help: "Metadata to send, name=value; base64 for a name that ends in -bin. May be repeated.")
  var metadata: [String] = []

  @Option(help: "A user's access token; visible to who can list processes.")
  var token: String?

  @Option(help: "The file of a user's access token.", completion: .file())
  var tokenFile: String?

  @Option(help: "How long the call may take, such as 500ms, 2s or 10m; by default the contract's.")
  var deadline: String?

  @Flag(exclusivity: .exclusive)
  var layout: Layout?

  @Flag(help: "Also print fields that have their default value.")
  var defaults = false

  @Flag(name: .shortAndLong, help: "Show where the call goes, the metadata and the status.")
  var verbose = false

  @Option(
    name: .customLong("as"), help: "The service whose certificate is shown.")
  var caller = "gateway"

  @Option(help: "Where the service is, host:port; by default the directory says it.")
  var address: String?

  @Option(help: "The service that must answer; by default the contract's.")
  var service: String?

  @Option(help: "The folder of certificates: ca.pem, <service>.pem, <service>.key.")
  var certificates = ".dev/certificates"

  @Option(help: "The folder that says where services are.")
  var directory = ".dev/directory"

  /// The defaults.
  public init() {}
}
