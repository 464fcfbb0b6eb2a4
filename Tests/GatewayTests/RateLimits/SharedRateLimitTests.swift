import Core
import EdgeClient
import Foundation
import Logging
import NIOHTTP1
import NIOPosix
import TLS
import TestSupport
import Testing

@testable import Gateway

@Suite("Gateways that count together")
struct SharedRateLimitTests {
  private static let empty = Array("{}".utf8)

  private static func configuration(_ redis: RedisServer) -> GatewayConfiguration {
    var configuration = RateLimitTests.configuration()
    configuration.rateLimits.store = RedisAddress("redis://127.0.0.1:\(redis.port)")
    // No test waits for it but the one that is about it.
    configuration.rateLimits.storeTimeout = .seconds(60)
    configuration.rateLimits.replicas = 2
    return configuration
  }

  /// Runs two gateways that have one Redis.
  private static func withTwo(
    _ configuration: GatewayConfiguration, _ body: (LiveGateway, LiveGateway) async throws -> Void
  ) async throws {
    try await LiveGateway.run(configuration, routes: RateLimitTests.routes) { first in
      try await LiveGateway.run(configuration, routes: RateLimitTests.routes) { second in
        try await eventually {
          first.gateway.sharesRateLimits && second.gateway.sharesRateLimits
        }
        try await body(first, second)
      }
    }
  }

  private static func logIn(_ live: LiveGateway) async throws -> EdgeClient.Response {
    try await live.client.send(.POST, "/api/auth/login", json: empty)
  }

  @Test("Of forty at once through two gateways ten are admitted")
  func together() async throws {
    try await RedisServer.run { redis in
      try await Self.withTwo(Self.configuration(redis)) { first, second in
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
          for index in 0..<40 {
            group.addTask { try await Self.logIn(index % 2 == 0 ? first : second).status }
          }
          return try await group.reduce(into: [Int: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(statuses == [200: 10, 429: 30])
        let refused = try await Self.logIn(second)
        let wait = try #require(refused.headers.first(name: "retry-after").flatMap { Int($0) })
        #expect((1...60).contains(wait))
        #expect(refused.headers["ratelimit"] == [#""auth";r=0;t=\#(wait)"#])
        #expect(try await redis.ask("KEYS", "*") == "alphintra:rate:auth:address:127.0.0.1")
        #expect(try await redis.ask("LLEN", "alphintra:rate:auth:address:127.0.0.1") == "10")
      }
    }
  }

  @Test("Who waits for Retry-After is admitted, by either gateway")
  func waiting() async throws {
    try await RedisServer.run { redis in
      var configuration = Self.configuration(redis)
      configuration.rateLimits.classes["auth"] = RateLimits.standard["auth"]?
        .with(2, per: .seconds(2))
      try await Self.withTwo(configuration) { first, second in
        for live in [first, second] { #expect(try await Self.logIn(live).status == 200) }
        for live in [first, second] {
          let refused = try await Self.logIn(live)
          // A busy machine may have let the window pass.
          guard refused.status == 429 else { continue }
          let wait = try #require(refused.headers.first(name: "retry-after").flatMap { Int($0) })
          try await Task.sleep(for: .seconds(wait))
          #expect(try await Self.logIn(live).status == 200)
        }
      }
    }
  }

  @Test("An emptied Redis gives no gateway more than the limit; one that is killed, each its share")
  func failures() async throws {
    try await RedisServer.run { redis in
      try await Self.withTwo(Self.configuration(redis)) { first, second in
        for _ in 0..<6 { #expect(try await Self.logIn(first).status == 200) }
        #expect(try await Self.logIn(second).status == 200)
        #expect(try await redis.ask("FLUSHALL") == "OK")
        // The first has admitted six of its ten, whatever Redis has forgotten.
        var admitted = 0
        for _ in 0..<6 where try await Self.logIn(first).status == 200 { admitted += 1 }
        #expect(admitted == 4)

        await redis.kill()
        try await eventually {
          !first.gateway.sharesRateLimits && !second.gateway.sharesRateLimits
        }
        // Ten for two gateways are five for each; the second has admitted one.
        #expect(try await Self.logIn(first).status == 429)
        for index in 0..<4 {
          let answer = try await Self.logIn(second)
          #expect(answer.status == 200)
          #expect(answer.headers["ratelimit-policy"] == [#""auth";q=5;w=60"#])
          #expect(answer.headers["ratelimit"][0].hasPrefix(#""auth";r=\#(3 - index);"#))
        }
        #expect(try await Self.logIn(second).status == 429)
        // Market data go on in full.
        let quotes = try await second.client.send(.GET, "/api/market-data/symbols")
        #expect(quotes.headers["ratelimit-policy"] == [#""market-data";q=1000;w=60"#])
        #expect(first.log.lines.contains { $0.message.hasPrefix("redis is away") })

        try await redis.startAgain()
        try await eventually {
          first.gateway.sharesRateLimits && second.gateway.sharesRateLimits
        }
        // It knows neither the script nor what was; the second knows of its own five.
        for _ in 0..<5 { #expect(try await Self.logIn(second).status == 200) }
        #expect(try await Self.logIn(second).status == 429)
      }
    }
  }

  @Test("A Redis that hangs holds nobody up for longer than its timeout")
  func hanging() async throws {
    try await RedisServer.run { redis in
      var configuration = Self.configuration(redis)
      configuration.rateLimits.storeTimeout = .milliseconds(300)
      try await Self.withTwo(configuration) { first, _ in
        kill(redis.processID, SIGSTOP)
        defer { kill(redis.processID, SIGCONT) }
        let answer = try await Self.logIn(first)
        #expect(answer.status == 200)
        #expect(answer.headers["ratelimit-policy"] == [#""auth";q=5;w=60"#])
        kill(redis.processID, SIGCONT)
        try await eventually { first.gateway.sharesRateLimits }
      }
    }
  }

  /// A client of a server, connected.
  private static func withWindows(
    _ address: RedisAddress, _ body: (SharedWindows) async throws -> Void
  ) async throws {
    let client = RedisClient(
      address, try address.tlsContext(), timeout: .seconds(60),
      loop: MultiThreadedEventLoopGroup.singleton.next(), logger: Logger.quiet)
    client.start()
    defer { client.stop() }
    try await eventually { client.isUp }
    try await body(SharedWindows(client: client))
  }

  @Test("A Redis whose clock is set back keeps nobody out for longer than the window")
  func clock() async throws {
    try await RedisServer.run { redis in
      let address = try #require(RedisAddress("redis://127.0.0.1:\(redis.port)/0"))
      try await Self.withWindows(address) { windows in
        // As if three had been admitted an hour from now.
        let future = SystemClock().now.microseconds + 3_600_000_000
        for step in 0..<3 as Range<Int64> {
          _ = try await redis.ask("RPUSH", SharedWindows.keyPrefix + "x", "\(future + step * 1000)")
        }
        let refused = try await windows.admit("x", limit: 3, width: 60_000_000, peeks: false)
        #expect(!refused.isAdmitted)
        #expect((59_000_000...60_000_000).contains(refused.wait))
        let room = try await windows.admit("x", limit: 4, width: 60_000_000, peeks: true)
        #expect(room.isAdmitted && room.remaining == 1)
        // Looking has written nothing down.
        #expect(try await redis.ask("LLEN", SharedWindows.keyPrefix + "x") == "3")
        let admitted = try await windows.admit("x", limit: 4, width: 60_000_000, peeks: false)
        #expect(admitted.isAdmitted && admitted.remaining == 0)
        let lower = try await windows.admit("x", limit: 1, width: 60_000_000, peeks: false)
        #expect(!lower.isAdmitted && lower.wait > refused.wait - 1_000_000)
        #expect(try await redis.ask("SCRIPT", "FLUSH") == "OK")
        #expect(try await !windows.admit("x", limit: 4, width: 60_000_000, peeks: false).isAdmitted)
      }
    }
  }

  @Test("Redis may ask for a password, and speak TLS")
  func secrets() async throws {
    try await RedisServer.run(password: "open sesame") { redis in
      var address = try #require(RedisAddress("redis://127.0.0.1:\(redis.port)/2"))
      address.password = "open sesame"
      try await Self.withWindows(address) { windows in
        let verdict = try await windows.admit("x", limit: 1, width: 1_000_000, peeks: false)
        #expect(verdict.isAdmitted)
      }
      address.password = "wrong"
      let log = LogCapture()
      let client = RedisClient(
        address, nil, timeout: .seconds(60), loop: MultiThreadedEventLoopGroup.singleton.next(),
        logger: log.logger)
      client.start()
      try await eventually { log.lines.contains { $0.message.hasPrefix("redis is away") } }
      #expect(!client.isUp)
      #expect(!log.lines.contains { "\($0)".contains("wrong") })
      client.stop()
    }
    let certificates = try TestCertificates()
    let edge = try certificates.edge()
    try await RedisServer.run(
      certificate: .init(
        chain: edge.certificateChainPath, key: edge.privateKeyPath,
        authority: certificates.authorityPath)
    ) { redis in
      var address = try #require(RedisAddress("rediss://localhost:\(redis.port)"))
      address.authoritiesPath = certificates.authorityPath
      try await Self.withWindows(address) { windows in
        let first = try await windows.admit("x", limit: 1, width: 600_000_000, peeks: false)
        let second = try await windows.admit("x", limit: 1, width: 600_000_000, peeks: true)
        #expect(first.isAdmitted && !second.isAdmitted)
      }
    }
  }
}
