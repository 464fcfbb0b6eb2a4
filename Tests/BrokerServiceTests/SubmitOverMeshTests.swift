import BrokerDomain
import Core
import ExchangeContract
import Mesh
import Protobuf
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing

@testable import BrokerService

/// Submissions over real connections: a channel that repeated one by itself would send an order twice.
@Suite(.timeLimit(.minutes(5))) struct SubmitOverMeshTests {
  /// What servers have seen of calls, and whether they answer.
  private final class Seen: Sendable {
    let submissions = Atomic(0)
    let finds = Atomic(0)
    let holds: Bool

    init(holds: Bool) { self.holds = holds }

    func submit() async throws -> ExchangeV1.ExchangeOrder {
      submissions.add(1, ordering: .relaxed)
      while holds { try await Task.sleep(for: .seconds(3600)) }
      throw RPCError(.unavailable, "the answer is lost")
    }

    func find() throws -> ExchangeV1.FindExchangeOrderResponse {
      let (_, count) = finds.add(1, ordering: .relaxed)
      if count == 1 { throw RPCError(.unavailable, "the answer is lost") }
      return ExchangeV1.FindExchangeOrderResponse.with { $0.asOf = .init(seconds: 1) }
    }
  }

  private let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func serve(_ seen: Seen) async throws -> RPCServer {
    let methods = ExchangeV1.ExchangeServiceMethods.self
    var router = RPCRouter(services: [], accessController: AccessGuard(verifier: NoUsers()))
    router.unary(methods.submitExchangeOrder) {
      (_: ExchangeV1.SubmitExchangeOrderRequest, _) async throws in try await seen.submit()
    }
    router.unary(methods.findExchangeOrder) {
      (_: ExchangeV1.FindExchangeOrderRequest, _) async throws in try seen.find()
    }
    return try await RPCServer.start(
      router, RPCServer.Configuration(tls: certificates.meshServer("exchange"), logger: .quiet))
  }

  /// A way to the servers whose configuration asks for repetitions of everything.
  private func exchange(_ servers: [RPCServer]) throws -> Exchange {
    var configuration = MeshChannel.Configuration(
      identity: try certificates.service("broker"),
      trustedAuthoritiesPath: certificates.authorityPath)
    var method = ServiceConfig.Method()
    method.retrying = .policy(.standard)
    configuration.serviceConfig.methods[.all] = method
    let directory = ServiceDirectory([
      "exchange": servers.map { ServiceAddress(host: "127.0.0.1", port: $0.port) }
    ])
    let channel = MeshChannel(to: "exchange", at: nil, in: directory, configuration)
    // The contract's second is not what is tried here, and may not be enough for a handshake on a busy machine.
    return Exchange(client: ExchangeV1.ExchangeServiceClient(PatientChannel(base: channel)))
  }

  private func order() throws -> RoutedOrder {
    let clock = SystemClock()
    let terms = RoutedOrderTerms(
      connectionID: ConnectionID(rawValue: "sim"),
      clientOrderID: ClientOrderID(UUIDv7.make(now: clock.now)),
      accountID: AccountID(UUIDv7.make(now: clock.now)), symbol: Symbol(rawValue: "FB"),
      side: .buy, quantity: try Quantity(10), worstPrice: try Price(100), expiresAt: nil)
    let decision = try RouteOrder.decide(
      terms, existing: nil, window: .seconds(5), at: clock.now)
    guard case .submit(let change) = decision else { throw RPCError(.internal, "\(decision)") }
    return change.order
  }

  private func isUnknown(_ submission: Exchange.Submission) -> Bool {
    if case .unknown = submission { return true }
    return false
  }

  @Test("a submission whose answer is lost arrives once, and a question is asked again")
  func lostAnswer() async throws {
    let seen = Seen(holds: false)
    let server = try await serve(seen)
    let exchange = try exchange([server])
    let order = try order()
    #expect(isUnknown(await exchange.submit(order)))
    #expect(seen.submissions.load(ordering: .relaxed) == 1)
    // The same channel repeats what may be repeated.
    #expect(try await exchange.find(order).0 == .absent(asOf: Instant(microseconds: 1_000_000)))
    #expect(seen.finds.load(ordering: .relaxed) == 2)
    await server.stop(grace: .zero)
  }

  @Test("a submission whose server goes away is not taken to another one")
  func lostServer() async throws {
    let seen = Seen(holds: true)
    let servers = [try await serve(seen), try await serve(seen)]
    let exchange = try exchange(servers)
    let order = try order()
    async let submission = exchange.submit(order)
    try await eventually { seen.submissions.load(ordering: .relaxed) == 1 }
    for server in servers { await server.stop(grace: .zero) }
    #expect(isUnknown(await submission))
    #expect(seen.submissions.load(ordering: .relaxed) == 1)
  }

  @Test("the contract promises nothing about a repeated submission")
  func contract() {
    let methods = ExchangeV1.ExchangeServiceMethods.self
    #expect(methods.submitExchangeOrder.idempotency == .unknown)
    #expect(methods.submitExchangeOrder.deadline == .seconds(1))
    #expect(methods.cancelExchangeOrder.idempotency == .idempotent)
    #expect(methods.findExchangeOrder.idempotency == .noSideEffects)
  }
}
