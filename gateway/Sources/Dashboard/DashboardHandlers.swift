internal import AssetContract
internal import AuthContract
public import GatewayContract
internal import Protobuf
public import RPC
internal import TradingContract

/// Puts a client's first screen together, of what the services answer in time.
///
/// The parts are asked for at once, in the user's name. One that fails or is late does not cost the others; the
/// answer names it.
public struct DashboardHandlers: GatewayV1.DashboardService {
  /// How long each part may take: what is slower is missing.
  public static let partTimeout: Duration = .seconds(2)
  /// The domain of this service's reasons in `google.rpc.ErrorInfo`.
  public static let errorDomain = "gateway.alphintra.com"

  private let asset: AssetV1.AssetServiceClient
  private let auth: AuthV1.AuthServiceClient
  private let trading: TradingV1.TradingServiceClient
  private let timeout: Duration

  /// Asks the services over these channels.
  ///
  /// - Parameter partTimeout: how long each part may take.
  public init(
    asset: any RPCChannel, auth: any RPCChannel, trading: any RPCChannel,
    partTimeout: Duration = Self.partTimeout
  ) {
    self.asset = AssetV1.AssetServiceClient(asset)
    self.auth = AuthV1.AuthServiceClient(auth)
    self.trading = TradingV1.TradingServiceClient(trading)
    timeout = partTimeout
  }

  /// What a client's first screen needs.
  public func getDashboard(
    _ request: GatewayV1.GetDashboardRequest, context: ServerContext
  ) async throws -> GatewayV1.Dashboard {
    let options = CallOptions(timeout: timeout)
    async let profile = part("profile") { () throws(RPCError) in
      try await auth.getProfile(.init(), options: options)
    }
    async let portfolio = part("portfolio") { () throws(RPCError) in
      try await trading.getPortfolio(.init(), options: options)
    }
    async let wallets = part("wallets") { () throws(RPCError) in
      try await asset.listWallets(.init(), options: options)
    }
    async let positions = part("positions") { () throws(RPCError) in
      try await trading.listPositions(.init(), options: options)
    }
    async let orders = part("workingOrders") { () throws(RPCError) in
      try await workingOrders(options)
    }
    var answers = Answers()
    var dashboard = GatewayV1.Dashboard()
    dashboard.profile = try answers.take(await profile)
    dashboard.portfolio = try answers.take(await portfolio)
    dashboard.wallets = try answers.take(await wallets)
    dashboard.positions = try answers.take(await positions)
    dashboard.workingOrders = try answers.take(await orders)
    dashboard.missing = try answers.missing()
    return dashboard
  }

  /// The working orders, whatever their number: what a stream of orders begins with.
  private func workingOrders(
    _ options: CallOptions
  ) async throws(RPCError) -> TradingV1.OrderSnapshot {
    var updates = try await trading.watchOrders(.init(), options: options).makeAsyncIterator()
    guard case .snapshot(let snapshot)? = try await updates.next()?.change else {
      throw RPCError(.internal, "a stream of orders does not begin with a snapshot")
    }
    return snapshot
  }

  private func part<Value: Sendable>(
    _ name: String, _ call: () async throws(RPCError) -> Value
  ) async -> Part<Value> {
    do throws(RPCError) {
      return Part(name: name, answer: .success(try await call()))
    } catch {
      return Part(name: name, answer: .failure(error))
    }
  }
}

/// One part, as its service answered.
private struct Part<Value: Sendable>: Sendable {
  let name: String
  let answer: Result<Value, RPCError>
}

/// What became of the parts.
private struct Answers {
  private var failures: [(part: String, error: RPCError)] = []
  private var count = 0

  /// A part's value; nil if it is missing.
  ///
  /// - Throws: what says that nobody is asking: the token was good a moment ago, and is not any more.
  mutating func take<Value>(_ part: Part<Value>) throws(RPCError) -> Value? {
    count += 1
    do throws(RPCError) {
      return try part.answer.get()
    } catch {
      guard error.code != .unauthenticated else { throw error }
      failures.append((part.name, error))
      return nil
    }
  }

  /// The parts that are missing.
  ///
  /// - Throws: If all are: an answer without any part would be taken for an empty account.
  func missing() throws(RPCError) -> [GatewayV1.MissingPart] {
    guard failures.count < count else {
      throw RPCError(
        .unavailable, "no part of the dashboard can be had at the moment",
        details: [
          .errorInfo(
            reason: "DASHBOARD_UNAVAILABLE", domain: DashboardHandlers.errorDomain,
            metadata: Dictionary(
              failures.map { ($0.part, $0.error.code.name) },
              uniquingKeysWith: { first, _ in first }))
        ])
    }
    return failures.map { failure in
      .with {
        $0.part = failure.part
        $0.code = failure.error.code.name
        $0.reason = failure.error.errorInfo?.reason ?? ""
      }
    }
  }
}
