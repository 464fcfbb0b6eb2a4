// swift-tools-version:6.2
// The map of Alphintra, top to bottom: what decides, what faces the world, what both stand on.

import PackageDescription

let package = Package(
  name: "alphintra",
  platforms: [.macOS(.v15)],
  products: ["alphintra", "alphintra-gateway", "protoc-gen-alphintra"].map {
    .executable(name: $0, targets: [$0])
  },
  dependencies: Packages.all,
  targets: [
    // The programs.
    program(
      "alphintra", path: "Sources/alphintra",
      modules("Service") + Settings.serviceModules + ["Certificates", "GenericCaller"]
        + ["ContractRegistry", "DevPlatform", "Kafka", "Observability", "Registry"],
      [Packages.argumentParser, Packages.configuration, Packages.log, Packages.unixSignals]),
    program(
      "alphintra-gateway", path: "gateway/Sources/alphintra-gateway",
      ["Admin", "Gateway", "GatewayRoutes", "Mesh", "Observability", "ProcessKit", "RPC", "TLS"]
        + ["Dashboard", "RPCInProcess", "TokenVerification", "TraceExport"] + Settings.contracts,
      [Packages.argumentParser, Packages.configuration, Packages.lifecycle, Packages.log]
        + [Packages.nioCore, Packages.nioPosix, Packages.unixSignals]),

    // The services, and whom they call.
    service("Auth", calls: [], ["Argon2", "Mesh", "TokenVerification"], Packages.tokens),
    service("MarketData", calls: [], ["Gzip", "Kafka"], [Packages.collections]),
    service("Exchange", calls: ["MarketData"], ["QuoteFeed"]), service("Asset", calls: ["Trading"]),
    service("Broker", calls: ["Exchange"], ["Observability"]),
    service("Trading", calls: ["MarketData", "Asset", "Broker"], ["QuoteFeed"]),

    // The edge.
    library(
      "Gateway", path: "gateway/Sources/Gateway",
      ["Transcoding", "Core", "Mesh", "Observability", "ProcessKit", "Protobuf", "RPC"]
        + ["RPCTransport", "TLS", "TLSChannel", "CWebFiles", "Gzip"],
      Packages.nio + [Packages.log, Packages.collections, Packages.crypto]),
    .target(name: "CWebFiles", path: "gateway/Sources/CWebFiles"),
    library(
      "Dashboard", path: "gateway/Sources/Dashboard", Settings.contracts + ["Protobuf", "RPC"]),
    library(
      "GatewayRoutes", path: "gateway/Sources/GatewayRoutes",
      Settings.contracts + ["Transcoding", "Protobuf", "RPC"]),
    library("EdgeClient", path: "gateway/Sources/EdgeClient", ["TLS", "TLSChannel"], Packages.nio),
    library("Transcoding", path: "gateway/Sources/Transcoding", ["Core", "Protobuf", "RPC"]),

    // The contracts: generated from protos/, never edited.
    contract("Gateway", uses: ["AssetContract", "AuthContract", "TradingContract"]),
    contract("Testing"), contract("Bench"), contract("GRPC"), contract("Interop"), contract("OTLP"),
    library("GoogleRPC", path: "Sources/Contracts/GoogleRPC", ["Core", "Protobuf"]),
    library(
      "ContractRegistry", path: "Sources/ContractRegistry",
      Settings.contracts + ["Protobuf", "Registry"]),

    // The runtime.
    library("Core", path: "Sources/Core"), runtime("Patterns"),
    runtime("Protobuf", ["Core", "Patterns"]), runtime("Events", ["Core", "Protobuf"]),
    runtime("RPC", ["Protobuf", "GoogleRPC", "Observability"], [Packages.collections]),
    runtime("Registry", ["Protobuf", "RPC"]), runtime("RPCInProcess", ["Observability", "RPC"]),
    runtime(
      "RPCTransport", ["RPC", "Protobuf", "HTTP2", "TLS", "Gzip"],
      [Packages.nioCore, Packages.nioPosix, Packages.log]),
    runtime(
      "Mesh", ["Core", "Observability", "ProcessKit", "Protobuf", "RPC", "RPCTransport", "TLS"],
      [Packages.nioCore, Packages.nioPosix, Packages.jwt, Packages.log]),
    runtime("TLSChannel", ["TLS"], [Packages.nioCore]),
    runtime("Observability", ["Core"], [Packages.log]),
    runtime("Certificates", [], [Packages.crypto, Packages.x509, Packages.asn1]),
    runtime(
      "ProcessKit", ["Core", "Observability", "TLS"],
      [Packages.log, Packages.configuration, Packages.unixSignals]),
    runtime("Admin", ["Observability", "ProcessKit"], Packages.nio + [Packages.log]),
    runtime(
      "TraceExport",
      ["OTLPContract", "Observability", "ProcessKit", "RPC", "RPCTransport", "TLS"], [Packages.log]),
    runtime(
      "TokenVerification", ["AuthContract", "Core", "Mesh", "Protobuf", "RPC"], [Packages.log]),
    runtime("QuoteFeed", ["MarketDataContract", "RPC", "ServiceKit"], [Packages.log]),
    runtime("StandardServices", ["GRPCContract", "Protobuf", "RPC", "Registry"]),
    runtime(
      "ServiceKit",
      ["Core", "Events", "Protobuf", "RPC", "RPCTransport", "Mesh", "TLS", "Postgres", "Kafka"]
        + ["Admin", "Observability", "ProcessKit", "Registry", "StandardServices"]
        + ["TokenVerification", "TraceExport"],
      [Packages.log, Packages.unixSignals, Packages.configuration, Packages.collections]),

    // What `alphintra call` is made of, and what development and tests run the platform with.
    library(
      "GenericCaller", path: "Sources/GenericCaller",
      ["Certificates", "Mesh", "Protobuf", "RPC", "Registry", "TLS"], [Packages.argumentParser]),
    library(
      "DevPlatform", path: "Sources/DevPlatform",
      ["Certificates", "Core", "DevTools", "EdgeClient", "Mesh", "Postgres", "Protobuf"]
        + Settings.contracts,
      Packages.nio + [Packages.cryptoExtras, Packages.yams]),
    runtime("DevTools", [], [Packages.subprocess, Packages.system]),

    // One Swift owner for each C library.
    binding("HTTP2", ["CNGHTTP2"]), binding("TLS", ["COpenSSL", "Core"]),
    binding("Postgres", ["CPQ", "Core"], [Packages.collections, Packages.log]),
    binding("Kafka", ["CRDKafka"], [Packages.log]), binding("Gzip", ["CZlib"]),
    binding("ProtobufC", ["CDescriptor", "CProtobufC"]), binding("Argon2", ["CArgon2"]),
    cLibrary("CNGHTTP2", pkgConfig: "libnghttp2", apt: "libnghttp2-dev"),
    cLibrary("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
    cLibrary("CPQ", pkgConfig: "libpq", apt: "libpq-dev"),
    cLibrary("CRDKafka", pkgConfig: "rdkafka", apt: "librdkafka-dev"),
    cLibrary("CProtobufC", pkgConfig: "libprotobuf-c", apt: "libprotobuf-c-dev"),
    cLibrary("CArgon2", pkgConfig: "libargon2", apt: "libargon2-dev"),
    cLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev"),

    // The generator.
    program(
      "protoc-gen-alphintra", path: "codegen/Sources/protoc-gen-alphintra",
      ["CodegenCore", "ProtobufC"]),
    library("CodegenCore", path: "codegen/Sources/CodegenCore", ["Patterns", "ProtobufC"]),
    .target(name: "CDescriptor", dependencies: ["CProtobufC"], path: "codegen/Sources/CDescriptor"),

    // Tests, in the shape of Sources.
    library(
      "TestSupport", path: "Tests/Support",
      ["Core", "Events", "Kafka", "Mesh", "Postgres", "RPC", "RPCInProcess", "ServiceKit", "TLS"]
        + ["Certificates", "DevTools", "MarketDataContract", "Observability", "ProcessKit"]
        + ["TestingContract", Packages.crypto, Packages.cryptoExtras, Packages.configuration]
        + [Packages.log, Packages.subprocess, Packages.system], exclude: ["python"]),
    tests("Core"), tests("DevTools"), tests("Patterns"),
    tests("Protobuf", ["Core", "TestingContract"], [Packages.subprocess, Packages.system]),
    tests(
      "Codegen", of: "CodegenCore",
      ["ProtobufC", "Core", "Events", "Protobuf", "RPC", "Transcoding", "GoldenKitchenSink"]
        + ["GoldenKitchenSinkRoutes", "GoldenKitchenSinkRegistry", "Registry"]
        + Settings.contracts,
      [Packages.subprocess, Packages.system], exclude: ["Contracts", "Golden"]),
    golden("", "contracts", ["Core", "Events", "Protobuf", "RPC"]),
    golden("Routes", "routes", ["Core", "GoldenKitchenSink", "Protobuf", "Transcoding"]),
    golden("Registry", "registry", ["GoldenKitchenSink", "Protobuf", "Registry"]),
    library(
      "TestingContractRegistry", path: "Tests/TestingContractRegistry",
      ["Protobuf", "Registry", "TestingContract"]),
    tests("Registry", ["ContractRegistry", "Protobuf", "RPC", "TestingContractRegistry"]),
    tests(
      "GenericCaller",
      ["Certificates", "ContractRegistry", "Mesh", "Protobuf", "RPC", "RPCInProcess"]
        + ["Registry", "RPCTransport", "TLS", "TestingContract", "TestingContractRegistry"],
      [Packages.argumentParser]),
    tests("RPC", ["Observability", "Protobuf", "RPCInProcess", "TestingContract"]),
    tests(
      "StandardServices",
      ["GRPCContract", "Mesh", "Protobuf", "RPC", "RPCInProcess", "RPCTransport", "TLS"]
        + ["Registry", "TestingContract", "TestingContractRegistry"]),
    tests(
      "RPCTransport",
      ["Core", "HTTP2", "Protobuf", "RPC", "RPCInProcess", "TLS", "TestingContract"],
      [Packages.nioCore, Packages.nioEmbedded, Packages.nioPosix, Packages.log]),
    tests(
      "Mesh",
      ["Core", "Observability", "ProcessKit", "RPC", "RPCTransport", "TLS", "TestingContract"],
      [Packages.configuration, Packages.nioCore, Packages.nioPosix]),
    testProgram("Abuse/TestingServer", ["TestSupport", "TestingContract"] + Settings.peer),
    tests("HTTP2"), tests("TLS", ["Certificates", "Core"]), tests("Observability"),
    tests(
      "TraceExport", ["Observability", "ProcessKit", "TLS", Packages.configuration, Packages.log]),
    tests("Postgres", ["Core", "DevTools", "TLS"], [Packages.log]),
    tests("Events", ["Core", "Protobuf"]), tests("Kafka", [], [Packages.log]),
    tests("Bindings", of: "Argon2", ["Gzip"]),
    tests(
      "ServiceKit",
      ["Core", "DevTools", "Events", "Postgres", "Kafka", "Mesh", "Observability", "ProcessKit"]
        + ["Protobuf", "RPC", "RPCInProcess", "RPCTransport", "TLS", "TestingContract"]
        + ["GRPCContract", "Registry", "StandardServices"],
      [Packages.log, Packages.configuration]),
    tests("ProcessKit", ["Certificates", "Core", "TLS"], [Packages.log]),
    tests(
      "Admin", ["Observability", "ProcessKit"],
      Packages.nio + [Packages.configuration, Packages.log, Packages.subprocess]),
    serviceTests("Auth", ["Argon2"], Packages.tokens), serviceTests("MarketData"),
    serviceTests("Asset", ["TradingContract"]), serviceTests("Exchange", ["MarketDataContract"]),
    serviceTests("Broker", ["ExchangeContract", "Observability", "RPCTransport"]),
    serviceTests(
      "Trading", ["AssetContract", "AssetService", "BrokerContract", "MarketDataContract"]),
    tests(
      "DevPlatform",
      ["Certificates", "Core", "DevTools", "EdgeClient", "Kafka", "Postgres", "Protobuf"]
        + ["RPCTransport"] + Settings.contracts,
      [Packages.cryptoExtras, Packages.nioHTTP1, Packages.subprocess, Packages.system]),
    tests(
      "Integration", of: "DevPlatform",
      ["Certificates", "Core", "DevTools", "EdgeClient", "Gateway", "Kafka", "Mesh", "Postgres"]
        + ["Protobuf", "RPC", "RPCTransport", "TLS"] + modules("Service") + Settings.contracts,
      [Packages.log, Packages.nioHTTP1, Packages.subprocess, Packages.system]),
    tests(
      "Gateway",
      ["GatewayRoutes", "Transcoding", "RPC", "RPCInProcess", "Protobuf", "Core", "TLS", "Mesh"]
        + ["ContractRegistry", "Dashboard", "Registry", "RPCTransport"] + Settings.contracts
        + ["TestingContract", "EdgeClient", "TLSChannel", "Observability", "Gzip"],
      Packages.nio + [Packages.nioEmbedded, Packages.log]),
    tests(
      "Contract", of: "GatewayRoutes",
      Settings.contracts
        + ["TestingContract", "Transcoding", "Core", "EdgeClient", "Gateway", "Mesh", "Protobuf"]
        + ["RPC", "RPCInProcess", "TLS"],
      Packages.nio + [Packages.log], exclude: ["uncovered-rpcs.txt"]),
    tests("EdgeClient", ["TLS", "TLSChannel"], Packages.nio), tests("Tidy", of: nil),
    // gRPC's interoperability tests: both programs, and what they are made of.
    library("InteropPeers", path: "Tests/Interop/InteropPeers", ["InteropContract", "RPC", "TLS"]),
    testProgram("Interop/InteropServer", ["InteropPeers", Packages.unixSignals] + Settings.peer),
    testProgram("Interop/InteropClient", ["InteropPeers"] + Settings.peer),
    tests("Interop", of: "InteropPeers", Settings.peer, exclude: ["ruby"]),
    // What protobuf's conformance suite tests, run by `make conformance`.
    testProgram("Conformance/ConformanceTestee", ["ConformanceMessages", "Protobuf"]),
    library("ConformanceMessages", path: "Tests/Conformance/ConformanceMessages", ["Protobuf"]),
    // Benchmarks: programs, run by `make bench`.
    testProgram("Benchmarks/EchoBenchmarkServer", Settings.benchmark),
    testProgram("Benchmarks/EchoBenchmarkClient", Settings.benchmark),
    testProgram("Benchmarks/CodecBenchmarks", ["BenchContract", "Protobuf"]),
    testProgram(
      "Benchmarks/OrdersBenchmark",
      Settings.benchmark + Settings.contracts
        + ["Certificates", "Core", "DevPlatform", "Postgres", Packages.subprocess]),
  ]
    // Of each service: its contract; what it decides, pure, on Core alone; the tests of that.
    + Settings.services.flatMap { [contract($0), domain($0), domainTests($0)] },
  swiftLanguageModes: [.v6]
)

// MARK: - Vocabulary

/// A service: its contract, its decisions, and those of other services whose RPCs it calls.
func service(
  _ name: String, calls: [String], _ modules: [Target.Dependency] = [],
  _ packages: [Target.Dependency] = []
) -> Target {
  let contracts = ([name] + calls).map { Target.Dependency(stringLiteral: "\($0)Contract") }
  let domain = Target.Dependency(stringLiteral: "\(name)Domain")
  return library(
    "\(name)Service", path: "Sources/Services/\(name)/Service",
    contracts + [domain] + modules + Settings.serviceModules,
    [Packages.configuration, Packages.log] + packages,
    resources: [.embedInCode("Migrations")])
}

/// The module of this kind of every service.
func modules(_ kind: String) -> [Target.Dependency] {
  Settings.services.map { .init(stringLiteral: $0 + kind) }
}

/// Tests of a service's handlers, storage and tasks, on a real database and broker.
func serviceTests(
  _ name: String, _ modules: [Target.Dependency] = [], _ packages: [Target.Dependency] = []
) -> Target {
  let own = ["\(name)Contract", "\(name)Domain"].map { Target.Dependency(stringLiteral: $0) }
  return tests(
    "\(name)Service", own + modules + Settings.serviceModules + ["Kafka", "Mesh", "RPCInProcess"],
    [Packages.configuration, Packages.log] + packages)
}

/// What a service decides: it imports Core only.
func domain(_ name: String) -> Target {
  library("\(name)Domain", path: "Sources/Services/\(name)/Domain", ["Core"])
}
func domainTests(_ name: String) -> Target { tests("\(name)Domain", ["Core", "Gzip"]) }

/// The generated module of one proto package.
func contract(_ name: String, uses contracts: [Target.Dependency] = []) -> Target {
  library(
    "\(name)Contract", path: "Sources/Contracts/\(name)",
    ["Core", "Protobuf", "RPC", "Events"] + contracts)
}

/// A part of the runtime.
func runtime(
  _ name: String, _ modules: [Target.Dependency] = [], _ packages: [Target.Dependency] = []
) -> Target { library(name, path: "Sources/Runtime/\(name)", modules, packages) }

/// The Swift owner of a C library.
func binding(
  _ name: String, _ modules: [Target.Dependency], _ packages: [Target.Dependency] = []
) -> Target { library(name, path: "Sources/Bindings/\(name)", modules, packages) }

func library(
  _ name: String, path: String, _ modules: [Target.Dependency] = [],
  _ packages: [Target.Dependency] = [], exclude: [String] = [], resources: [Resource] = []
) -> Target {
  .target(
    name: name, dependencies: modules + packages, path: path, exclude: exclude,
    resources: resources, swiftSettings: Settings.swift(name))
}

func program(
  _ name: String, path: String, _ modules: [Target.Dependency],
  _ packages: [Target.Dependency] = []
) -> Target {
  .executableTarget(
    name: name, dependencies: modules + packages, path: path, swiftSettings: Settings.swift)
}

/// What the golden case of everything is expected to yield, as a module.
func golden(_ suffix: String, _ output: String, _ modules: [Target.Dependency]) -> Target {
  library(
    "GoldenKitchenSink\(suffix)",
    path: "Tests/CodegenTests/Golden/kitchen_sink/expected/\(output)", modules)
}

/// A program of the tests, named as its folder.
func testProgram(_ path: String, _ dependencies: [Target.Dependency]) -> Target {
  program(String(path.drop { $0 != "/" }.dropFirst()), path: "Tests/\(path)", dependencies)
}

/// Tests of one module live in Tests/<Module>Tests.
func tests(
  _ name: String, of module: String? = "", _ modules: [Target.Dependency] = [],
  _ packages: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
  let tested = module.map { [Target.Dependency(stringLiteral: $0.isEmpty ? name : $0)] } ?? []
  return .testTarget(
    name: "\(name)Tests", dependencies: tested + modules + ["TestSupport"] + packages,
    path: "Tests/\(name)Tests", exclude: exclude, swiftSettings: Settings.swift)
}

/// A C library of the system: a module map, a header of shims, and its Debian package.
func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
  .systemLibrary(
    name: name, path: "Sources/C/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

enum Settings {
  static let services = ["Asset", "Auth", "Broker", "Exchange", "MarketData", "Trading"]
  static let contracts = modules("Contract") + ["GatewayContract"]
  /// What every service stands on.
  static let serviceModules: [Target.Dependency] = [
    "Core", "Events", "Postgres", "ProcessKit", "Protobuf", "RPC", "ServiceKit",
  ]
  /// What a program stands on that speaks to one other.
  static let peer: [Target.Dependency] = ["RPC", "RPCTransport", "TLS", Packages.argumentParser]
  static let benchmark: [Target.Dependency] =
    peer + ["BenchContract", "Mesh", "Observability", Packages.nioPosix]
  // Modules whose objects belong to one event loop each. That nobody else touches them is checked at every access
  // where tests run, and not in release: it is a tenth of what a call costs.
  static let loopOwned: Set = ["HTTP2", "RPCTransport", "TLS"]
  static func swift(_ module: String) -> [SwiftSetting] {
    let unchecked = ["-enforce-exclusivity=unchecked"]
    return loopOwned.contains(module)
      ? swift + [.unsafeFlags(unchecked, .when(configuration: .release))] : swift
  }
  static let swift: [SwiftSetting] =
    [
      "ExistentialAny", "InternalImportsByDefault", "MemberImportVisibility",
      // What waits goes on where its caller is: nobody asks the task for its executor, which takes a lock.
      "NonisolatedNonsendingByDefault",
    ].map { .enableUpcomingFeature($0) } + [.treatAllWarnings(as: .error)]
}

/// Packages from elsewhere, each at one exact version, for there is no Package.resolved; two that come with them have none.
enum Packages {
  static var all: [Package.Dependency] {
    [
      .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
      .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
      .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
      .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
      .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
      .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
      .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
      .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
      .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
      .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
      .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
      .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
      .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ]
  }
  static let nioCore = product("NIOCore", of: "swift-nio")
  static let nioEmbedded = product("NIOEmbedded", of: "swift-nio")
  static let nioPosix = product("NIOPosix", of: "swift-nio")
  static let nioHTTP1 = product("NIOHTTP1", of: "swift-nio")
  static let nioWebSocket = product("NIOWebSocket", of: "swift-nio")
  static let log = product("Logging", of: "swift-log")
  static let argumentParser = product("ArgumentParser", of: "swift-argument-parser")
  static let collections = product("DequeModule", of: "swift-collections")
  static let crypto = product("Crypto", of: "swift-crypto")
  static let cryptoExtras = product("CryptoExtras", of: "swift-crypto")
  static let x509 = product("X509", of: "swift-certificates")
  static let asn1 = product("SwiftASN1", of: "swift-asn1")
  static let configuration = product("Configuration", of: "swift-configuration")
  static let lifecycle = product("ServiceLifecycle", of: "swift-service-lifecycle")
  static let unixSignals = product("UnixSignals", of: "swift-service-lifecycle")
  static let subprocess = product("Subprocess", of: "swift-subprocess")
  static let system = product("SystemPackage", of: "swift-system")
  static let yams = product("Yams", of: "Yams")
  static let jwt = product("JWTKit", of: "jwt-kit")
  static let tokens = [crypto, cryptoExtras, jwt]
  /// SwiftNIO as a client or server of HTTP/1.1 and WebSocket needs it.
  static let nio = [nioCore, nioPosix, nioHTTP1, nioWebSocket]

  private static func product(_ name: String, of package: String) -> Target.Dependency {
    .product(name: name, package: package)
  }
}
