import InteropPeers
import RPC
import RPCTransport
import TLS
import TestSupport
import Testing

/// gRPC's interoperability tests: our client and our server, with each other and with those that gRPC's
/// authors wrote for Ruby.
@Suite(.timeLimit(.minutes(5))) struct InteropTests {
  /// How the peers speak.
  enum Security: CaseIterable, Sendable {
    case plaintext
    /// TLS with the official test certificates.
    case tls

    var usesTLS: String { self == .tls ? "true" : "false" }
  }

  /// The name in the official certificate of test servers.
  static let serverName = "foo.test.google.fr"

  /// Our server, for the length of a closure.
  static func withServer<R>(
    _ security: Security, _ body: (_ port: Int) async throws -> R
  ) async throws -> R {
    let server = try await RPCServer.start(
      RPCRouter(services: [InteropService()], accessController: Everybody()),
      RPCServer.Configuration(tls: security == .tls ? try TestCredentials().server : nil))
    let result = try await body(server.port)
    await server.stop(grace: .seconds(2))
    return result
  }

  /// A connection of our client to a server on this machine.
  static func connect(_ port: Int, _ security: Security) async throws -> ClientConnection {
    var configuration = ClientConnection.Configuration(
      tls: security == .tls ? try TestCredentials().client(expecting: serverName) : nil)
    configuration.authority = serverName
    return try await ClientConnection.connect(host: "127.0.0.1", port: port, configuration)
  }

  @Test("our client with our server", arguments: Security.allCases)
  func ourselves(security: Security) async throws {
    try await Self.withServer(security) { port in
      let connection = try await Self.connect(port, security)
      for testCase in InteropCase.allCases {
        await #expect(throws: Never.self, "\(testCase.rawValue)") {
          try await testCase.run(connection)
        }
      }
      connection.close()
    }
  }

  /// What `ruby-grpc` has of the official programs.
  private static func official(_ program: String) throws -> String {
    guard let gem = RubyGem.grpc else { throw PeerFailure.notSetUp(path: "ruby-grpc") }
    return "\(gem)/src/ruby/pb/test/\(program)"
  }

  private static let ruby = "/usr/bin/ruby"
  private static let scripts = "\(PythonPeer.repository)/Tests/InteropTests/ruby"

  /// All cases that the official client for Ruby knows, but for those of Google's cloud.
  static let rubyClientCases: [InteropCase] = InteropCase.allCases.filter { testCase in
    switch testCase {
    case .serverCompressedUnary, .serverCompressedStreaming, .specialStatusMessage,
      .concurrentLargeUnary:
      false
    default: true
    }
  }

  @Test("the official client for Ruby with our server", arguments: Security.allCases)
  func rubyClient(security: Security) async throws {
    let outcomes = try await Self.withServer(security) { port in
      try await Conversation.hold(
        with: Self.ruby,
        ["\(Self.scripts)/client.rb", Self.official("client.rb"), "\(port)", security.usesTLS]
          + Self.rubyClientCases.map(\.rawValue)
      ) { client in
        var lines: [String] = []
        while let line = await client.next() { lines.append(line) }
        return lines
      }
    }
    for testCase in Self.rubyClientCases {
      #expect(outcomes.contains("\(testCase.rawValue) OK"), "\(outcomes)")
    }
  }

  /// All cases that the official server for Ruby has the features for: it does not look at compression, and
  /// has no thousand threads.
  static let rubyServerCases: [InteropCase] = InteropCase.allCases.filter { testCase in
    switch testCase {
    case .clientCompressedUnary, .serverCompressedUnary, .clientCompressedStreaming,
      .serverCompressedStreaming, .concurrentLargeUnary:
      false
    default: true
    }
  }

  @Test("our client with the official server for Ruby", arguments: Security.allCases)
  func rubyServer(security: Security) async throws {
    try await Conversation.hold(
      with: Self.ruby,
      ["\(Self.scripts)/server.rb", Self.official("server.rb"), security.usesTLS]
    ) { server in
      let port = try #require(await server.next().flatMap { Int($0) })
      let connection = try await Self.connect(port, security)
      for testCase in Self.rubyServerCases {
        await #expect(throws: Never.self, "\(testCase.rawValue)") {
          try await testCase.run(connection)
        }
      }
      connection.close()
    }
  }
}
