import AuthContract
import Certificates
import Core
import DevPlatform
import MarketDataContract
import Mesh
import NIOPosix
import Observability
import RPC
import TLS
import TradingContract

/// Users with tokens and money, who place orders that rest.
struct Traders: Sendable {
  static let symbol = "AAPL"
  static let deposit: Decimal = 100_000_000
  static let password = "correct horse battery staple"

  /// The edge, as each of them.
  let clients: [PlatformClient]
  let limit: Decimal
  private let trading: TradingV1.TradingServiceClient

  /// Registers users, and has an operator credit their accounts.
  static func signUp(_ count: Int, on platform: Platform) async throws -> Traders {
    let client = try PlatformClient(
      port: await platform.port, authorityPath: platform.authorityPath)
    note("registering \(count) users")
    let bank = try await platform.operator().logIn(client)
    let clients = try await inParallel(count, width: 8) { number in
      let email = "trader\(number)@example.com"
      let user = try await client.register(
        email: email, password: password, displayName: "Trader \(number)")
      _ = try await bank.deposit(deposit, of: "USD", to: user.userID, reference: user.userID)
      let login = try await client.logIn(email: email, password: password)
      var trader = client.authenticated(by: login.accessToken)
      // An order that is refused is told, and not placed late.
      trader.patience = .zero
      return trader
    }
    var configuration = MeshChannel.Configuration(
      identity: TLSConfiguration.Identity(
        certificateChainPath: platform.certificateFolder.certificatePath(of: "gateway"),
        privateKeyPath: platform.certificateFolder.privateKeyPath(of: "gateway")),
      trustedAuthoritiesPath: platform.authorityPath)
    configuration.metrics = MetricsRegistry()
    let channel = MeshChannel(
      to: "trading", in: ServiceDirectory(folder: platform.directoryPath), configuration,
      group: MultiThreadedEventLoopGroup(numberOfThreads: 1))
    return Traders(
      clients: clients, limit: try await restingLimit(client),
      trading: TradingV1.TradingServiceClient(channel))
  }

  /// Half of what somebody bids: no quote of the replay reaches it.
  private static func restingLimit(_ client: PlatformClient) async throws -> Decimal {
    for _ in 0..<600 {
      if let bid = try? await client.quote(of: symbol).bidPrice {
        return try bid.multiplied(by: Decimal("0.5"), rounding: .towardZero).rounded(
          scale: 2, .towardZero)
      }
      try await Task.sleep(for: .milliseconds(100))
    }
    throw BenchmarkFailure(description: "there is no quote of \(symbol)")
  }

  /// What a load came to.
  struct Load: Sendable {
    /// The ids of the orders that were acknowledged.
    var orders: [String] = []
    /// The ids of those that were accepted and answered as pending, since their funds could not be held in time: these are no
    /// success, and are opened later.
    var pending: [String] = []
    /// From the first time an order was asked for to its acknowledgement, in microseconds.
    var times: [Double] = []
    /// How often the server refused a call because it had too much to do: it was asked again.
    var refused = 0
    var elapsed: Duration = .zero

    var figures: Figures { Figures(times: times, elapsed: elapsed) }
  }

  /// How long to wait before a server is asked again that has too much to do.
  private static let pause: Duration = .milliseconds(10)

  /// Places orders in the mesh, one after the other in so many tasks, each with accounts of its own.
  ///
  /// - Throws: ``BenchmarkFailure`` for an order that is answered as neither open nor pending: no error is a success.
  func place(inFlight: Int, for duration: Duration) async throws -> Load {
    let start = ContinuousClock.now
    let parts = try await Self.inParallel(inFlight, width: inFlight) { worker in
      var load = Load()
      var number = worker
      while ContinuousClock.now - start < duration {
        let begin = ContinuousClock.now
        let order = try await place(as: number, refused: &load.refused)
        let time = (ContinuousClock.now - begin).microseconds
        if order.status == .pendingNew {
          load.pending.append(order.orderID)
        } else {
          try Self.checkOpen(order)
          load.times.append(time)
          load.orders.append(order.orderID)
        }
        number += inFlight
        if number >= clients.count { number = worker }
      }
      return load
    }
    return Load(
      orders: parts.flatMap(\.orders), pending: parts.flatMap(\.pending),
      times: parts.flatMap(\.times),
      refused: parts.reduce(0) { $0 + $1.refused }, elapsed: ContinuousClock.now - start)
  }

  private func place(as number: Int, refused: inout Int) async throws -> TradingV1.Order {
    var metadata = Metadata()
    try metadata.add("authorization", "Bearer \(clients[number].token ?? "")")
    let options = CallOptions(timeout: .seconds(30), metadata: metadata)
    while true {
      do throws(RPCError) {
        return try await trading.placeOrder(
          .limit(.buy, 1, of: Self.symbol, at: limit), options: options)
      } catch {
        guard error.code == .resourceExhausted else { throw error }
        refused += 1
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  static func checkOpen(_ order: TradingV1.Order) throws {
    guard order.status == .open else {
      throw BenchmarkFailure(
        description: "order \(order.orderID) was answered as \(order.status), which is not open")
    }
  }

  /// Does something for each of the numbers below `count`, `width` of them at a time; the results in order.
  static func inParallel<Result: Sendable>(
    _ count: Int, width: Int, _ body: @escaping @concurrent @Sendable (Int) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results: [Int: Result] = [:]
      for number in 0..<count {
        if number >= width, let (done, result) = try await group.next() { results[done] = result }
        group.addTask { (number, try await body(number)) }
      }
      for try await (done, result) in group { results[done] = result }
      return (0..<count).compactMap { results[$0] }
    }
  }
}
