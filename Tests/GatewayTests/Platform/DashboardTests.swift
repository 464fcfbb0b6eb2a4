import Dashboard
import EdgeClient
import Foundation
import GatewayContract
import Mesh
import NIOHTTP1
import Protobuf
import RPC
import TestSupport
import Testing

@testable import Gateway

@Suite("The dashboard") struct DashboardTests {
  private static let parts = ["profile", "portfolio", "wallets", "positions", "workingOrders"]

  /// A service that does not answer as it should: at once with an error, or never.
  private struct Broken: RPCChannel {
    var error: RPCError?

    func open(_ head: CallHead) async throws(RPCError) -> any ClientCall {
      if let error { throw error }
      // Until the caller's time is over.
      try? await Task.sleep(until: head.deadline ?? .now + .seconds(3600))
      throw RPCError(.deadlineExceeded, "nobody answered in time")
    }
  }

  private static let away = RPCError(
    .unavailable, "connection refused",
    details: [.errorInfo(reason: "SERVICE_AWAY", domain: "test", metadata: [:])])

  /// Asks for the dashboard while some services are broken.
  private func ask(
    broken: [String: Broken] = [:], partTimeout: Duration = .seconds(60),
    _ body: (EdgeClient.Response, LivePlatform) async throws -> Void
  ) async throws {
    try await LivePlatform.run(
      behind: { (broken[$0] as (any RPCChannel)?) ?? $1 }, partTimeout: partTimeout
    ) { platform in
      let token = try platform.tokens.token(for: "u1")
      let answer = try await platform.client.send(
        .GET, "/api/dashboard", token: token, headers: ["X-Correlation-Id": "c-1"])
      try await body(answer, platform)
    }
  }

  private func missing(_ answer: EdgeClient.Response) throws -> [String] {
    try GatewayV1.Dashboard(json: answer.body).missing.map { "\($0.part) \($0.code) \($0.reason)" }
  }

  private func members(_ answer: EdgeClient.Response) throws -> Set<String> {
    let object = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any] ?? [:]
    return Set(object.filter { !($0.value is NSNull) }.keys)
  }

  @Test("Every part is asked for in the user's name, and all of them are one answer")
  func whole() async throws {
    try await ask { (answer, platform) async throws -> Void in
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try missing(answer) == [])
      #expect(try members(answer) == Set(Self.parts + ["missing"]))
      let recorder = platform.recorder
      #expect(
        Set(recorder.methods) == [
          "GetProfile", "GetPortfolio", "ListWallets", "ListPositions", "WatchOrders",
        ])
      #expect(recorder.methods.count == 5)
      #expect(recorder.users.allSatisfy { $0 == "u1" })
      #expect(recorder.correlationIDs.allSatisfy { $0 == "c-1" })
    }
  }

  @Test("What is away or late is missing, and said to be; the rest is there")
  func partial() async throws {
    try await ask(broken: ["trading": Broken(error: Self.away)]) {
      (answer, _) async throws -> Void in
      #expect(answer.status == 200, "\(answer.text)")
      let reason = "UNAVAILABLE SERVICE_AWAY"
      #expect(
        try missing(answer) == [
          "portfolio \(reason)", "positions \(reason)", "workingOrders \(reason)",
        ])
      #expect(try members(answer) == ["profile", "wallets", "missing"])
    }
    try await ask(broken: ["asset": Broken()], partTimeout: .seconds(3)) {
      (answer, _) async throws -> Void in
      #expect(answer.status == 200, "\(answer.text)")
      #expect(try missing(answer).contains("wallets DEADLINE_EXCEEDED "))
      #expect(try !members(answer).contains("wallets"))
    }
  }

  @Test("An answer without any part is none: it would be taken for an empty account")
  func nothing() async throws {
    let broken = Broken(error: Self.away)
    try await ask(broken: ["asset": broken, "auth": broken, "trading": broken]) {
      (answer, _) async throws -> Void in
      #expect(answer.status == 503)
      #expect(answer.text.contains(#""reason":"DASHBOARD_UNAVAILABLE""#))
      #expect(answer.text.contains(#""effect":"none""#))
    }
  }

  @Test("Without a token, or with one that a service does not take any more, it is 401")
  func refused() async throws {
    let over = RPCError(
      .unauthenticated, "the session has ended",
      details: [
        .errorInfo(reason: "TOKEN_INVALID", domain: AccessGuard.errorDomain, metadata: [:])
      ])
    try await ask(broken: ["asset": Broken(error: over)]) {
      (answer, platform) async throws -> Void in
      #expect(answer.status == 401)
      let stranger = try await platform.client.send(.GET, "/api/dashboard")
      #expect(stranger.status == 401)
      #expect(stranger.text.contains(#""reason":"TOKEN_MISSING""#))
    }
  }
}
