import Configuration
import Observability
import ProcessKit
import TLS
import TestSupport
import Testing

@testable import TraceExport

/// The settings by the environment variables of OpenTelemetry's specification.
@Suite struct TraceExportConfigurationTests {
  private func read(
    _ environment: [String: String], service: String = ""
  ) throws -> TraceExportConfiguration {
    let reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: environment))
    var settings = Settings(reader, service: service)
    let configuration = TraceExportConfiguration(&settings)
    try settings.finish()
    return configuration
  }

  private static let endpoint = ["OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4317"]

  @Test func withoutAnEndpointNothingIsRecordedAndNothingAsked() throws {
    let configuration = try read(["OTEL_TRACES_SAMPLER": "nonsense"])
    #expect(configuration.collector == nil)
  }

  @Test func theDefaultsAreThoseOfTheSpecification() throws {
    let configuration = try read(Self.endpoint)
    let collector = try #require(configuration.collector)
    #expect(collector.host == "collector" && collector.port == 4_317 && collector.tls == nil)
    #expect(collector.timeout == .seconds(10) && !collector.compresses)
    #expect(collector.headers.isEmpty && configuration.resource.isEmpty)
    #expect(configuration.sampling == TraceSampling(followsParent: true, ratio: 1))
    let batching = configuration.batching
    #expect(batching.queueLimit == 2_048 && batching.batchLimit == 512)
    #expect(batching.delay == .seconds(5) && batching.exportTimeout == .seconds(30))
  }

  @Test func everySettingIsRead() throws {
    let certificates = try TestCertificates()
    let identity = try certificates.service("trading")
    let folder = try TemporaryFolder()
    let headers = try folder.write("headers", "x-key=secret\n")
    let configuration = try read([
      "OTEL_EXPORTER_OTLP_ENDPOINT": "http://ignored:1",
      "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://[::1]/",
      "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
      "OTEL_EXPORTER_OTLP_CERTIFICATE": certificates.authorityPath,
      "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": identity.certificateChainPath,
      "OTEL_EXPORTER_OTLP_CLIENT_KEY": identity.privateKeyPath,
      "OTEL_EXPORTER_OTLP_HEADERS_FILE": headers,
      "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
      "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "2500",
      "OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.25",
      "OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "10",
      "OTEL_BSP_SCHEDULE_DELAY": "200", "OTEL_BSP_EXPORT_TIMEOUT": "700",
      "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment.name=prod, team=a%20b",
    ])
    let collector = try #require(configuration.collector)
    #expect(collector.host == "::1" && collector.port == 4_317)
    let tls = TLSConfiguration.client(
      identity: identity, trustedAuthoritiesPath: certificates.authorityPath,
      expecting: .init(host: "::1"), applicationProtocols: ["h2"])
    #expect(collector.tls == tls)
    #expect(collector.headers == ["x-key": "secret"] && collector.compresses)
    #expect(collector.timeout == .milliseconds(2_500))
    #expect(configuration.sampling == TraceSampling(followsParent: true, ratio: 0.25))
    let batching = configuration.batching
    #expect(batching.queueLimit == 100 && batching.batchLimit == 10)
    #expect(batching.delay == .milliseconds(200) && batching.exportTimeout == .milliseconds(700))
    #expect(
      configuration.resource == [
        SpanAttribute("deployment.environment.name", "prod"), SpanAttribute("team", "a b"),
      ])
  }

  @Test(arguments: [
    ("always_on", false, 1.0), ("always_off", false, 0), ("traceidratio", false, 0.5),
    ("parentbased_always_on", true, 1), ("parentbased_always_off", true, 0),
    ("parentbased_traceidratio", true, 0.5),
  ])
  func samplersHaveTheirNames(name: String, followsParent: Bool, ratio: Double) throws {
    let configuration = try read(
      Self.endpoint.merging([
        "OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.5",
      ]) { $1 })
    #expect(
      configuration.sampling == TraceSampling(followsParent: followsParent, ratio: ratio))
  }

  @Test func aServiceMayHaveItsOwn() throws {
    let environment = Self.endpoint.merging([
      "GATEWAY_OTEL_TRACES_SAMPLER": "traceidratio", "GATEWAY_OTEL_TRACES_SAMPLER_ARG": "0.1",
    ]) { $1 }
    #expect(try read(environment, service: "trading").sampling == .standard)
    #expect(
      try read(environment, service: "gateway").sampling
        == TraceSampling(followsParent: false, ratio: 0.1))
  }

  @Test(arguments: [
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317/v1/traces"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://user@collector"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector"),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
    ("OTEL_EXPORTER_OTLP_HEADERS_FILE", "/nowhere"),
    ("OTEL_TRACES_SAMPLER", "sometimes"),
    ("OTEL_TRACES_SAMPLER_ARG", "1.5"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
    ("OTEL_RESOURCE_ATTRIBUTES", "team"),
  ])
  func whatIsWrongIsNamed(variable: String, value: String) throws {
    let error = #expect(throws: ConfigurationError.self) {
      try read(Self.endpoint.merging([variable: value]) { $1 })
    }
    #expect(error?.description.contains(variable) == true)
  }
}
