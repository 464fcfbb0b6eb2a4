import AuthContract
import MarketDataContract
import Mesh
import Protobuf
import RPC
import RPCTransport
import Synchronization
import TLS
import TestSupport
import TradingContract

/// A server with every RPC of the platform's contracts behind the mesh's access check, over mutual TLS.
///
/// The handlers only record that they ran: an attack has failed when none did.
final class SecurityMesh: Sendable {
  /// Every RPC of the platform.
  static let methods =
    AuthV1.AuthServiceMethods.all + MarketDataV1.MarketDataServiceMethods.all
    + TradingV1.TradingServiceMethods.all

  /// A handler that ran.
  struct Call: Sendable, Hashable {
    let path: String
    let caller: String?
    let user: String?
  }

  let certificates: TestCertificates
  let tokens: TestTokenIssuer
  let port: Int
  private let server: RPCServer
  private let recorded: Recorded

  private final class Recorded: Sendable {
    let calls = Mutex<[Call]>([])

    func append(_ context: ServerContext) {
      let call = Call(
        path: context.method.path, caller: context.peer?.service, user: context.user?.id)
      calls.withLock { $0.append(call) }
    }
  }

  /// Starts the server, as the service `trading`.
  init() async throws {
    certificates = try TestCertificates()
    tokens = try TestTokenIssuer.shared()
    let document = KeySetDocument(json: try tokens.keySetJSON(), maximumAge: .seconds(3600))
    let verifier = JWKSTokenVerifier(
      issuer: TestTokenIssuer.issuer, audience: TestTokenIssuer.audience
    ) { document }
    let recorded = Recorded()
    self.recorded = recorded
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: verifier))
    for method in Self.methods {
      // What a message holds does not matter here: no attack may get as far as reading it.
      switch method.kind {
      case .serverStreaming:
        router.serverStreaming(method) {
          (_: Google.Empty, _: RPCWriter<Google.Empty>, context) in recorded.append(context)
        }
      default:
        router.unary(method) { (request: Google.Empty, context) in
          recorded.append(context)
          return request
        }
      }
    }
    var configuration = RPCServer.Configuration(
      tls: try certificates.meshServer("trading"), logger: .quiet)
    // However busy the machine is.
    configuration.handshakeTimeout = .seconds(600)
    server = try await RPCServer.start(router, configuration)
    port = server.port
  }

  /// The handlers that ran since this was asked last.
  func takeCalls() -> [Call] {
    recorded.calls.withLock { calls in
      defer { calls = [] }
      return calls
    }
  }

  /// Stops the server.
  func stop() async { await server.stop(grace: .zero) }

  /// Connects under an identity, or without one.
  func connect(
    as identity: TLSConfiguration.Identity?
  ) async throws(RPCError) -> ClientConnection {
    try await ClientConnection.connect(
      host: "127.0.0.1", port: port,
      .init(
        tls: .client(
          identity: identity, trustedAuthoritiesPath: certificates.authorityPath,
          expecting: .init(spiffeID: SPIFFEID(service: "trading").description),
          applicationProtocols: ["h2"])))
  }

  /// A good token of a user who has a role and the scopes that a method asks for.
  func token(admittedBy method: MethodDescriptor) throws -> String {
    guard case .required(let roles, let scopes, _) = method.access.user else {
      return try tokens.token(for: "u1")
    }
    return try tokens.token(tokens.claims(for: "u1", roles: Array(roles.prefix(1)), scopes: scopes))
  }

  /// Calls a method with these values of `authorization`.
  func call(
    _ method: MethodDescriptor, on connection: ClientConnection, authorization: [String] = []
  ) async throws {
    var metadata = Metadata()
    for value in authorization { try metadata.add(CallHead.authorizationName, value) }
    let options = CallOptions(timeout: .seconds(600), metadata: metadata)
    switch method.kind {
    case .serverStreaming:
      let responses: RPCStream<Google.Empty> = try await connection.serverStreaming(
        method, Google.Empty(), options: options)
      for try await _ in responses {}
    default:
      let _: Google.Empty = try await connection.unary(method, Google.Empty(), options: options)
    }
  }
}

extension MethodDescriptor {
  /// Whether an end user must be known.
  var needsUser: Bool {
    if case .required = access.user { true } else { false }
  }

  /// Whether a service of the mesh may call.
  func admits(_ service: String) -> Bool {
    switch access.callers {
    case .anyone, .mesh: true
    case .services(let names): names.contains(service)
    }
  }
}
