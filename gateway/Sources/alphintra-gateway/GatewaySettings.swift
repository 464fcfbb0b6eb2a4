import Admin
import Configuration
import Gateway
import Mesh
import ProcessKit
import TLS
import TraceExport

/// What the gateway is told from outside, complete and checked before a port is bound.
struct GatewaySettings: Sendable {
  /// The name of the gateway in the mesh, and of its settings.
  static let service = "gateway"

  /// The address to bind: `listen.host`.
  let host: String
  /// The port to bind, zero for one of the system's choice: `listen.port`.
  let port: Int
  /// The certificate shown outside: `tls.certificate`, `tls.key`.
  let edgeIdentity: TLSConfiguration.Identity
  /// The certificate shown to services: `mesh.certificate`, `mesh.key`.
  let meshIdentity: TLSConfiguration.Identity
  /// The authority of the mesh: `tls.ca`.
  let authorityPath: String
  /// The services that are refused though the authority vouches for them: `tls.deny_list`.
  let denyListPath: String?
  /// How often all of these files are looked at for new contents: `tls.reload_interval`.
  let reloadInterval: Duration
  /// The services behind the gateway.
  static let upstreams = ["asset", "auth", "marketdata", "trading"]
  /// Where they are: `mesh.directory`, `mesh.target.<service>`.
  let mesh: MeshSettings
  /// Where the gateway answers operators: `admin.host`, `admin.port`.
  let admin: AdminConfiguration
  /// Where the gateway sends its spans: `otel.…`.
  let traces: TraceExportConfiguration
  /// The limits and the allowed origins.
  let gateway: GatewayConfiguration

  /// Reads the settings.
  ///
  /// - Throws: `ConfigurationError` with every problem there is.
  init(_ reader: ConfigReader) throws(ConfigurationError) {
    var settings = Settings(reader, service: Self.service)
    host = settings.string("listen.host", default: "127.0.0.1")
    port = settings.integer("listen.port", in: 0...65_535, default: 8443)
    edgeIdentity = TLSConfiguration.Identity(
      certificateChainPath: settings.file("tls.certificate"),
      privateKeyPath: settings.file("tls.key"))
    meshIdentity = TLSConfiguration.Identity(
      certificateChainPath: settings.file("mesh.certificate"),
      privateKeyPath: settings.file("mesh.key"))
    authorityPath = settings.file("tls.ca")
    denyListPath = settings.denyList()
    reloadInterval = settings.reloadInterval()
    mesh = MeshSettings(&settings, calling: Self.upstreams)
    admin = AdminConfiguration(&settings)
    traces = TraceExportConfiguration(&settings)
    let origins = settings.value(
      "allowed_origins", rule: "must be origins such as https://app.example.com, by commas",
      default: [], parse: Self.origins)
    var gateway = GatewayConfiguration(
      limits: Self.limits(&settings), allowedOrigins: origins ?? [],
      rateLimits: Self.rateLimits(&settings))
    gateway.preflightAge = .seconds(
      settings.integer("cors.max_age", in: 0...86_400, default: 600))
    gateway.strictTransportSecurity = .seconds(
      settings.integer("hsts_seconds", in: 0...63_072_000, default: 31_536_000))
    gateway.crashPoints = CrashPoints(&settings)
    self.gateway = gateway
    try settings.finish()
  }

  private static func limits(_ settings: inout Settings) -> GatewayLimits {
    var limits = GatewayLimits()
    limits.connections = settings.integer(
      "limit.connections", in: 1...1_000_000, default: limits.connections)
    limits.connectionsPerAddress = settings.integer(
      "limit.connections_per_address", in: 1...1_000_000, default: limits.connectionsPerAddress)
    limits.requestsInFlight = settings.integer(
      "limit.requests", in: 1...1_000_000, default: limits.requestsInFlight)
    limits.bodyBytes = settings.integer(
      "limit.body_bytes", in: 1...(64 << 20), default: limits.bodyBytes)
    limits.allBodiesBytes = settings.integer(
      "limit.all_bodies_bytes", in: (1 << 10)...(1 << 40), default: limits.allBodiesBytes)
    limits.headerFieldBytes = settings.integer(
      "limit.header_field_bytes", in: 256...(1 << 20), default: limits.headerFieldBytes)
    limits.headerListBytes = settings.integer(
      "limit.header_bytes", in: 1024...(1 << 20), default: limits.headerListBytes)
    limits.headerFields = settings.integer(
      "limit.header_fields", in: 8...1_000, default: limits.headerFields)
    limits.handshakeTimeout = settings.seconds(
      "limit.handshake_seconds", in: 0.1...600, default: limits.handshakeTimeout)
    limits.headTimeout = settings.seconds(
      "limit.head_seconds", in: 0.1...600, default: limits.headTimeout)
    limits.bodyTimeout = settings.seconds(
      "limit.body_seconds", in: 0.1...600, default: limits.bodyTimeout)
    limits.responseTimeout = settings.seconds(
      "limit.response_seconds", in: 0.1...600, default: limits.responseTimeout)
    limits.requestDeadline = settings.seconds(
      "limit.request_seconds", in: 0.1...600, default: limits.requestDeadline)
    limits.keepAliveTimeout = settings.seconds(
      "limit.idle_seconds", in: 1...3_600, default: limits.keepAliveTimeout)
    limits.webSocket.subscriptions = settings.integer(
      "limit.subscriptions", in: 1...10_000, default: limits.webSocket.subscriptions)
    limits.webSocket.heartbeatInterval = settings.seconds(
      "limit.heartbeat_seconds", in: 1...600, default: limits.webSocket.heartbeatInterval)
    limits.drainTimeout = settings.seconds(
      "drain.limit", in: 0...600, default: limits.drainTimeout)
    return limits
  }

  /// RFC 6454 section 6.1: a scheme and a host, perhaps a port, and no path.
  private static func origins(_ text: String) -> [String]? {
    let origins = text.split(separator: ",").map { $0.trimming(while: \.isWhitespace) }
    let areOrigins = origins.allSatisfy { origin in
      guard let scheme = ["https://", "http://"].first(where: origin.hasPrefix) else {
        return false
      }
      let host = origin.dropFirst(scheme.count)
      return !host.isEmpty && !host.contains { $0 == "/" || $0.isWhitespace }
    }
    return areOrigins ? origins : nil
  }
}

extension Substring {
  fileprivate func trimming(while isDropped: (Character) -> Bool) -> String {
    let rest = drop(while: isDropped)
    return String(rest.reversed().drop(while: isDropped).reversed())
  }
}
