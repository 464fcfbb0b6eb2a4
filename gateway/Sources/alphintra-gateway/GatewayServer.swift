import Admin
import AssetContract
import AuthContract
import Dashboard
import Foundation
import Gateway
import GatewayContract
import GatewayRoutes
import Logging
import MarketDataContract
import Mesh
import NIOCore
import NIOPosix
import Observability
import ProcessKit
import RPC
import RPCInProcess
import ServiceLifecycle
import TLS
import TokenVerification
import TraceExport
import TradingContract

/// The gateway as a process: it listens until it is told to stop, then drains.
struct GatewayServer: Service {
  private static let group = MultiThreadedEventLoopGroup.singleton

  private let settings: GatewaySettings
  private let gateway: Gateway
  private let sessionWatch: EndedSessionWatch
  private let channels: [MeshChannel]
  private let diagnostics: Diagnostics
  private let export: TraceExport?
  /// The certificates: the one shown outside, and the one shown to services.
  private let credentials: [(name: String, source: TLSCredentialSource)]
  private let logger: Logger

  /// Puts the gateway together; nothing is bound or connected yet.
  ///
  /// - Throws: `TLSError` for a certificate that does not fit its key, or cannot be read.
  init(_ settings: GatewaySettings, logger: Logger) throws {
    let mesh = try TLSCredentialSource(
      .init(
        identity: settings.meshIdentity, trustedAuthoritiesPath: settings.authorityPath,
        denyListPath: settings.denyListPath))
    let edge = try TLSContextSource(
      .server(
        identity: settings.edgeIdentity, clientAuthentication: .none,
        applicationProtocols: ["http/1.1"], requiresApplicationProtocol: false))
    let metrics = MetricsRegistry()
    let export = TraceExport.start(settings.traces, metrics: metrics, logger: logger)
    self.export = export
    diagnostics = Diagnostics(metrics: metrics, traces: export?.pipeline)
    var configuration = MeshChannel.Configuration(mesh)
    configuration.metrics = metrics
    configuration.tracer = export?.pipeline.tracer(of: GatewaySettings.service)
    let template = configuration
    func channel(_ service: String) -> MeshChannel {
      MeshChannel(to: service, settings.mesh, template, group: Self.group)
    }
    let (asset, auth) = (channel("asset"), channel("auth"))
    let (marketData, trading) = (channel("marketdata"), channel("trading"))
    self.settings = settings
    self.logger = logger
    let channels = [asset, auth, marketData, trading]
    self.channels = channels
    diagnostics.addBackends { channels }
    for channel in channels { diagnostics.countBackends(of: channel) }
    credentials = [("edge", edge.credentials), ("mesh", mesh)]
    for (name, source) in credentials { diagnostics.addCredentials(source, named: name) }
    let verifier = JWKSTokenVerifier(auth: auth)
    let access = AccessGuard(verifier: verifier)
    let tracer = export?.pipeline.tracer(of: GatewaySettings.service)
    // What the edge answers itself, asked as the services are: by the same routes, checks and limits.
    let own = InProcessServer(
      RPCRouter(
        services: [DashboardHandlers(asset: asset, auth: auth, trading: trading)],
        accessController: access, tracer: tracer)
    ).channel(as: PeerIdentity(service: GatewaySettings.service), tracer: tracer)
    let gateway = try Gateway(
      settings.gateway, routes: AllRoutes.routes, channels: AllRoutes.channels,
      upstreams: Upstreams([
        AssetV1.AssetServiceMethods.listWallets.service: asset,
        AuthV1.AuthServiceMethods.getProfile.service: auth,
        GatewayV1.DashboardServiceMethods.getDashboard.service: own,
        MarketDataV1.MarketDataServiceMethods.getQuote.service: marketData,
        TradingV1.TradingServiceMethods.placeOrder.service: trading,
      ]),
      accessController: access,
      tls: edge, diagnostics: diagnostics, logger: logger)
    self.gateway = gateway
    sessionWatch = EndedSessionWatch(auth: auth, verifier: verifier, logger: logger) { ended in
      gateway.endSockets(of: ended)
    }
  }

  /// Listens, says so to the directory and to who supervises, and drains when told to stop.
  func run() async throws {
    let notifier = ReadinessNotifier.fromEnvironment
    let watches = watchCredentials() + [Task { await sessionWatch.run() }]
    defer { for watch in watches { watch.cancel() } }
    let admin = try await AdminServer.start(diagnostics, settings.admin, logger: logger)
    let port = try await listen()
    let registration = try settings.mesh.directory?.register(
      ServiceAddress(host: settings.host, port: port), of: GatewaySettings.service)
    logger.notice("serving", metadata: ["host": "\(settings.host)", "port": "\(port)"])
    try notifier.ready(
      status: "https://\(settings.host):\(port)", adminAddress: admin.address)
    try? await gracefulShutdown()
    notifier.stopping()
    logger.notice("draining", metadata: ["limit": "\(settings.gateway.limits.drainTimeout)"])
    registration?.withdraw()
    await gateway.drain()
    for channel in channels { channel.close() }
    await export?.stop()
    await admin.stop()
    logger.notice("stopped")
  }

  /// Keeps the certificates up to date until the tasks are cancelled.
  private func watchCredentials() -> [Task<Void, Never>] {
    credentials.map { name, source in
      var logger = logger
      logger[metadataKey: "credentials"] = "\(name)"
      let watch = CredentialWatch(source, interval: settings.reloadInterval, logger: logger)
      return Task { await watch.run() }
    }
  }

  private func listen() async throws -> Int {
    do {
      let address = try await gateway.start(
        host: settings.host, port: settings.port, on: Self.group)
      return address.port ?? settings.port
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw PortTaken(host: settings.host, port: settings.port)
    }
  }
}

/// Something else listens where the gateway is to.
private struct PortTaken: Error, CustomStringConvertible {
  let host: String
  let port: Int

  var description: String {
    """
    \(host):\(port) is taken: stop what listens there (`ss -ltnp`), or set GATEWAY_LISTEN_PORT
    """
  }
}
