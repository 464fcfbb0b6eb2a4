internal import Core
internal import Logging
internal import NIOHTTP1
internal import Observability
internal import ProcessKit
internal import RPC
internal import Transcoding

/// Answers requests: finds the route, checks the user, makes the RPC, tells problems.
///
/// It knows no socket; a connection hands it requests, and bodies when they are asked for.
struct Edge: Sendable {
  /// The path where connections become WebSockets.
  static let webSocketPath = "/ws/v1"

  /// Who the gateway is to the access rules of the contracts.
  static let identity = PeerIdentity(service: "gateway")

  let table: RouteTable<Route>
  let channels: [String: Channel]
  let upstreams: Upstreams
  let accessController: any AccessController
  let limits: GatewayLimits
  let allowedOrigins: [String]
  let clock: any Core.Clock
  let logger: Logger
  let state = EdgeState()
  /// What the bodies of all requests take.
  let bodies: BodyBudget
  let sockets = SessionSockets()
  let metrics: EdgeMetrics
  let defaultHeaders: DefaultHeaders
  let cors: CORS
  let limiter: RateLimiter
  let trustedProxies: TrustedProxies
  /// Who records the spans of requests; nil for nobody.
  let tracer: Tracer?
  let lookups: EffectLookups
  /// Where a test ends the process.
  let crashPoints: CrashPoints

  init(
    _ configuration: GatewayConfiguration, routes: [Route], channels: [Channel],
    upstreams: Upstreams, accessController: any AccessController, clock: any Core.Clock,
    steadyClock: any Core.Clock = SteadyClock(), metrics: MetricsRegistry = MetricsRegistry(),
    tracer: Tracer? = nil, logger: Logger
  ) throws {
    self.table = try RouteTable(
      routes.map { (verb: $0.verb, template: $0.template, value: $0) })
    self.lookups = EffectLookups(routes)
    self.channels = Dictionary(channels.map { ($0.name, $0) }) { first, second in
      preconditionFailure("channel \(first.name) of \(first.method.path) and \(second.method.path)")
    }
    self.upstreams = upstreams
    self.accessController = accessController
    self.limits = configuration.limits
    self.bodies = BodyBudget(limit: configuration.limits.allBodiesBytes)
    self.allowedOrigins = configuration.allowedOrigins
    self.clock = clock
    self.metrics = EdgeMetrics(metrics)
    self.cors = CORS(configuration)
    self.defaultHeaders = DefaultHeaders(configuration)
    self.limiter = try RateLimiter(
      configuration.rateLimits, clock: steadyClock, metrics: metrics, logger: logger)
    self.trustedProxies = configuration.rateLimits.trustedProxies
    self.tracer = tracer
    self.crashPoints = configuration.crashPoints
    self.logger = logger
  }

  /// Answers a request.
  ///
  /// Cancelling the task cancels the RPC behind it.
  func answer(_ request: EdgeRequest) async -> EdgeOutcome {
    let span = beginSpan(request)
    return await ActiveSpan.$current.withValue(span) {
      let (outcome, entry) = await answerAndLog(request)
      if let recording = span.recording { end(recording, entry) }
      return outcome
    }
  }

  private func answerAndLog(_ request: EdgeRequest) async -> (EdgeOutcome, AccessLogEntry) {
    let started = ContinuousClock.now
    let chosenID = request.headers.first(name: CorrelationID.header)
    let hasValidID = chosenID.map(CorrelationID.isValid) ?? true
    let correlationID =
      hasValidID
      ? chosenID ?? CorrelationID.make(now: clock.now) : CorrelationID.make(now: clock.now)
    let client = request.peer.map {
      trustedProxies.client(behind: $0, request.headers["x-forwarded-for"])
    }
    var entry = AccessLogEntry(
      method: request.method, correlationID: correlationID, client: client)
    var outcome: EdgeOutcome
    do throws(Problem) {
      guard hasValidID else {
        throw .malformedRequest("header \(CorrelationID.header) \(CorrelationID.rule)")
      }
      _ = try request.headers.only(CorrelationID.header)
      let head = try RequestHead(request, correlationID: correlationID, client: client)
      outcome = try await answer(request, head, &entry)
    } catch {
      entry.code = error.code
      let path = request.target.prefix { $0 != "?" }
      outcome = .response(
        error.response(instance: String(path), correlationID: correlationID))
    }
    if case .response(var response) = outcome {
      if let rate = entry.rate { response.headers += rate.headers }
      if let deprecation = entry.deprecation { response.headers += deprecation.headers }
      response.headers.append((CorrelationID.header, correlationID))
      cors.add(to: &response, for: request.headers)
      outcome = .response(response)
      entry.status = response.status
    }
    entry.duration = ContinuousClock.now - started
    entry.write(to: logger)
    metrics.answered(entry)
    return (outcome, entry)
  }

  /// Answers what never became a request: its head is no HTTP, is too large, or did not come in time.
  ///
  /// - Parameter peer: The other end of the connection.
  func refuse(_ problem: Problem, from peer: IPAddress?) -> EdgeResponse {
    let correlationID = CorrelationID.make(now: clock.now)
    var response = problem.response(instance: "/", correlationID: correlationID)
    response.headers.append((CorrelationID.header, correlationID))
    cors.addUnseen(to: &response)
    var entry = AccessLogEntry(
      method: AccessLogEntry.noMethod, correlationID: correlationID, client: peer)
    entry.status = problem.status
    entry.code = problem.code
    entry.write(to: logger)
    metrics.answered(entry)
    return response
  }

  private func answer(
    _ request: EdgeRequest, _ head: RequestHead, _ entry: inout AccessLogEntry
  ) async throws(Problem) -> EdgeOutcome {
    if CORS.isPreflight(request) { return .response(try preflight(request, head)) }
    switch head.path.text {
    case "/healthz", "/readyz":
      entry.route = head.path.text
      return .response(try health(head))
    case Self.webSocketPath:
      entry.route = head.path.text
      let admission = try await admit(request, head)
      entry.user = admission.user?.id
      return .upgrade(admission)
    default:
      if let file = StaticFiles.embedded[head.path.text] {
        entry.route = file.path
        return .response(try serve(file, head))
      }
      return .response(try await call(request, head, &entry))
    }
  }
}
