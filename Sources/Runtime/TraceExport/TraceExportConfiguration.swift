import Foundation
public import Observability
public import ProcessKit
public import TLS

/// Which spans a process records and where it sends them: the settings `otel.…`, whose environment variables
/// are those of OpenTelemetry's specification ("Environment Variable Specification", "OTLP Exporter
/// Configuration").
public struct TraceExportConfiguration: Sendable {
  /// Where the collector is; nil records nothing.
  public var collector: Collector?
  /// Which spans are recorded.
  public var sampling = TraceSampling.standard
  /// How spans are put together.
  public var batching = Batching()
  /// What is said of the process beside what it knows itself.
  public var resource: [SpanAttribute] = []

  /// A collector of OTLP over gRPC.
  public struct Collector: Sendable {
    /// Its name or address.
    public var host: String
    /// Its port.
    public var port: Int
    /// Whom to trust and what to show; nil is plaintext.
    public var tls: TLSConfiguration?
    /// What is sent along with each call, such as a key.
    public var headers: [String: String] = [:]
    /// Whether batches are compressed by gzip.
    public var compresses = false
    /// How long one call may take.
    public var timeout: Duration = .seconds(10)

    /// A collector that is spoken to in plaintext.
    public init(host: String, port: Int) {
      self.host = host
      self.port = port
    }
  }

  /// How spans are put together for a call, as OpenTelemetry's batching processor does it.
  public struct Batching: Sendable, Hashable {
    /// The most spans that wait; what comes then is dropped.
    public var queueLimit = 2_048
    /// The most spans of a call; when so many wait, they are sent at once.
    public var batchLimit = 512
    /// How long spans wait for others.
    public var delay: Duration = .seconds(5)
    /// How long a batch may take with all its attempts; then it is given up.
    public var exportTimeout: Duration = .seconds(30)
    /// How long what is left may take when the process ends.
    public var flushLimit: Duration = .seconds(5)

    /// The defaults, which are those of the specification.
    public init() {}
  }

  /// Records nothing.
  public init() {}

  /// Reads the settings; without an endpoint there is no collector.
  public init(_ settings: inout Settings) {
    let endpointKey = Self.key("endpoint", settings)
    guard settings.has(endpointKey) else { return }
    let endpoint = settings.value(
      endpointKey, rule: "must be http://host:port or https://host:port", parse: Endpoint.init)
    if settings.has(Self.key("protocol", settings)) {
      _ = settings.value(Self.key("protocol", settings), rule: "must be grpc") {
        $0 == "grpc" ? $0 : nil
      }
    }
    collector = endpoint.map { Self.collector($0, &settings) }
    sampling = Self.sampling(&settings)
    batching = Self.batching(&settings)
    resource =
      settings.value(
        "otel.resource.attributes", rule: "must be name=value[,name=value…]", default: [],
        parse: Self.attributes) ?? []
  }

  /// The key of a setting of the exporter: the one for traces alone counts before the one for all signals.
  private static func key(_ name: String, _ settings: Settings) -> String {
    let own = "otel.exporter.otlp.traces.\(name)"
    return settings.has(own) ? own : "otel.exporter.otlp.\(name)"
  }

  private static func collector(_ endpoint: Endpoint, _ settings: inout Settings) -> Collector {
    var collector = Collector(host: endpoint.host, port: endpoint.port)
    let compression: OTLPCompression? = settings.choice(
      key("compression", settings), default: OTLPCompression.none)
    collector.compresses = compression == .gzip
    collector.timeout = milliseconds(
      key("timeout", settings), in: 1...600_000, default: collector.timeout, &settings)
    // A file, as every secret is: what stands in the environment can be listed.
    let headers = key("headers_file", settings)
    if settings.has(headers) { collector.headers = settings.properties(headers) }
    if endpoint.isSecure { collector.tls = tls(endpoint, &settings) }
    return collector
  }

  private static func tls(_ endpoint: Endpoint, _ settings: inout Settings) -> TLSConfiguration {
    let authority = key("certificate", settings)
    let (certificate, privateKey) = (
      key("client_certificate", settings), key("client_key", settings)
    )
    let identity =
      settings.has(certificate) || settings.has(privateKey)
      ? TLSConfiguration.Identity(
        certificateChainPath: settings.file(certificate),
        privateKeyPath: settings.file(privateKey))
      : nil
    let path = settings.has(authority) ? settings.file(authority) : systemAuthorities
    return .client(
      identity: identity, trustedAuthoritiesPath: path, expecting: .init(host: endpoint.host),
      applicationProtocols: ["h2"])
  }

  /// The authorities that Debian trusts.
  static let systemAuthorities = "/etc/ssl/certs/ca-certificates.crt"

  private static func sampling(_ settings: inout Settings) -> TraceSampling {
    let sampler: Sampler =
      settings.choice("otel.traces.sampler", default: .parentBasedAlwaysOn)
      ?? .parentBasedAlwaysOn
    let ratio =
      settings.value(
        "otel.traces.sampler_arg", rule: "must be a number, 0 to 1", default: 1.0
      ) { text in Double(text).flatMap { (0...1).contains($0) ? $0 : nil } } ?? 1
    return switch sampler {
    case .alwaysOn: TraceSampling(followsParent: false, ratio: 1)
    case .alwaysOff: TraceSampling(followsParent: false, ratio: 0)
    case .ratio: TraceSampling(followsParent: false, ratio: ratio)
    case .parentBasedAlwaysOn: TraceSampling(ratio: 1)
    case .parentBasedAlwaysOff: TraceSampling(ratio: 0)
    case .parentBasedRatio: TraceSampling(ratio: ratio)
    }
  }

  private static func batching(_ settings: inout Settings) -> Batching {
    var batching = Batching()
    batching.queueLimit = settings.integer(
      "otel.bsp.max_queue_size", in: 1...1_000_000, default: batching.queueLimit)
    batching.batchLimit = settings.integer(
      "otel.bsp.max_export_batch_size", in: 1...100_000, default: batching.batchLimit)
    batching.delay = milliseconds(
      "otel.bsp.schedule_delay", in: 1...600_000, default: batching.delay, &settings)
    batching.exportTimeout = milliseconds(
      "otel.bsp.export_timeout", in: 1...600_000, default: batching.exportTimeout, &settings)
    if batching.batchLimit > batching.queueLimit {
      settings.note(
        "otel.bsp.max_export_batch_size", "must not be more than otel.bsp.max_queue_size",
        "\(batching.batchLimit)")
    }
    return batching
  }

  private static func milliseconds(
    _ key: String, in range: ClosedRange<Int>, default fallback: Duration,
    _ settings: inout Settings
  ) -> Duration {
    .milliseconds(
      settings.integer(key, in: range, default: Int(fallback / .milliseconds(1))))
  }

  /// A list as of W3C Baggage, which the specification asks for: percent-encoded values.
  private static func attributes(_ text: String) -> [SpanAttribute]? {
    var attributes: [SpanAttribute] = []
    for part in text.split(separator: ",") {
      let fields = part.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard fields.count == 2, !fields[0].isEmpty, let value = fields[1].removingPercentEncoding
      else { return nil }
      attributes.append(SpanAttribute(fields[0], .text(value)))
    }
    return attributes
  }
}

/// The samplers by the names of the specification.
private enum Sampler: String, CaseIterable {
  case alwaysOn = "always_on"
  case alwaysOff = "always_off"
  case ratio = "traceidratio"
  case parentBasedAlwaysOn = "parentbased_always_on"
  case parentBasedAlwaysOff = "parentbased_always_off"
  case parentBasedRatio = "parentbased_traceidratio"
}

/// The compressions by the names of the specification.
private enum OTLPCompression: String, CaseIterable {
  case none, gzip
}

/// The place that a URL names.
private struct Endpoint {
  let host: String
  let port: Int
  let isSecure: Bool

  /// The port of OTLP over gRPC.
  static let defaultPort = 4_317

  init?(_ text: String) {
    guard let url = URLComponents(string: text), let scheme = url.scheme,
      ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty,
      ["", "/"].contains(url.path), url.query == nil, url.fragment == nil, url.user == nil
    else { return nil }
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
    port = url.port ?? Self.defaultPort
    isSecure = scheme == "https"
    guard (1...65_535).contains(port) else { return nil }
  }
}
