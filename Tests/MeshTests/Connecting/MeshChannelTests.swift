import RPC
import RPCTransport
import TLS
import TestSupport
import Testing
import TestingContract

@testable import Mesh

@Suite(.timeLimit(.minutes(5))) struct MeshChannelTests {
  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  private func expectUnavailable(
    _ error: RPCError?, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(error?.code == .unavailable, sourceLocation: sourceLocation)
    #expect(error?.errorInfo?.reason == "SERVICE_UNAVAILABLE", sourceLocation: sourceLocation)
    // The call was not made, and the caller can tell.
    #expect(error?.cause is ServiceNotReached, sourceLocation: sourceLocation)
  }

  /// Calls until it succeeds, as a caller that retries would.
  private func succeed(_ channel: MeshChannel) async throws -> String {
    var answer = ""
    try await eventually {
      do throws(RPCError) {
        answer = try await channel.whoAmI().roles.first ?? ""
        return true
      } catch {
        // Also of a connection that is lost under the call: nothing else may go wrong.
        #expect(error.code == .unavailable)
        return false
      }
    }
    return answer
  }

  @Test func callConnectsAndProvesWhoCalls() async throws {
    let server = try await mesh.serve(as: "trading")
    try mesh.publish("trading", at: [server.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    #expect(server.connectionCount == 0)
    #expect(try await channel.whoAmI().spiffeID == "spiffe://alphintra/service/gateway")
    for _ in 0..<20 { _ = try await channel.whoAmI() }
    #expect(server.connectionCount == 1)
    await server.stop(grace: .zero)
  }

  @Test func callsMadeAtOnceShareOneConnection() async throws {
    let server = try await mesh.serve(as: "trading")
    try mesh.publish("trading", at: [server.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<50 { group.addTask { _ = try await channel.whoAmI() } }
      try await group.waitForAll()
    }
    #expect(server.connectionCount == 1)
    await server.stop(grace: .zero)
  }

  @Test func anotherServiceAtTheAddressIsRefused() async throws {
    let impostor = try await mesh.serve(as: "marketdata")
    try mesh.publish("trading", at: [impostor.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    expectUnavailable(error)
    #expect("\(String(describing: error))".contains("peerIdentityMismatch"))
    // What the caller may read tells nothing about addresses or certificates.
    #expect(error?.message == "trading is not available")
    await impostor.stop(grace: .zero)
  }

  @Test func serverOfAnotherAuthorityIsRefused() async throws {
    let stranger = try await mesh.serve(
      as: "trading",
      tls: .server(
        identity: mesh.certificates.strangersService("trading"), clientAuthentication: .none,
        applicationProtocols: ["h2"]))
    try mesh.publish("trading", at: [stranger.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    expectUnavailable(error)
    #expect("\(String(describing: error))".contains("peerCertificateUntrusted"))
    await stranger.stop(grace: .zero)
  }

  @Test func expiredCertificateOfOursIsNamed() async throws {
    let server = try await mesh.serve(as: "trading")
    try mesh.publish("trading", at: [server.port])
    let expired = try mesh.certificates.expiredService("gateway")
    let channel = try mesh.channel(from: "gateway", to: "trading") { $0.identity = expired }
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    expectUnavailable(error)
    #expect("\(String(describing: error))".contains("certificate_expired"))
    await server.stop(grace: .zero)
  }

  @Test func unknownServiceFailsAtOnce() async throws {
    let channel = try mesh.channel(from: "gateway", to: "trading")
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    expectUnavailable(error)
    #expect("\(String(describing: error))".contains("the directory knows no address of trading"))
  }

  @Test func whileNothingAnswersCallsFailWithoutWaiting() async throws {
    let server = try await mesh.serve(as: "trading")
    try mesh.publish("trading", at: [server.port])
    await server.stop(grace: .zero)
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.minimumBackoff = .seconds(3600)
      $0.maximumBackoff = .seconds(3600)
      $0.resolutionInterval = .seconds(3600)
    }
    expectUnavailable(await #expect(throws: RPCError.self) { try await channel.whoAmI() })
    // A thousand calls that waited would take longer than the suite may.
    for _ in 0..<1000 {
      let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
      guard case .retryInfo(let delay) = error?.details.last else {
        Issue.record("no word on when to try again")
        return
      }
      #expect(delay > .seconds(1000) && delay <= .seconds(3600))
    }
  }

  @Test func serverThatDoesNotAnswerInTimeIsGivenUp() async throws {
    let silent = try SilentListener()
    try mesh.publish("trading", at: [silent.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.connectTimeout = .milliseconds(100)
    }
    let error = await #expect(throws: RPCError.self) {
      try await channel.whoAmI(timeout: .seconds(3600))
    }
    expectUnavailable(error)
    #expect("\(String(describing: error))".contains("took longer than 0.1 seconds"))
  }

  @Test func serviceThatComesUpLaterIsFound() async throws {
    let channel = try mesh.channel(from: "gateway", to: "trading")
    expectUnavailable(await #expect(throws: RPCError.self) { try await channel.whoAmI() })
    let server = try await mesh.serve(as: "trading", name: "late")
    try mesh.publish("trading", at: [server.port])
    #expect(try await succeed(channel) == "late")
    await server.stop(grace: .zero)
  }

  @Test func serviceThatMovesIsFollowed() async throws {
    let first = try await mesh.serve(as: "trading", name: "first")
    try mesh.publish("trading", at: [first.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    #expect(try await succeed(channel) == "first")
    let second = try await mesh.serve(as: "trading", name: "second")
    try mesh.publish("trading", at: [second.port])
    await first.stop(grace: .zero)
    #expect(try await succeed(channel) == "second")
    await second.stop(grace: .zero)
  }

  @Test func callsAreSpreadOverReplicasAndFollowThoseThatLive() async throws {
    let one = try await mesh.serve(as: "trading", name: "one")
    let two = try await mesh.serve(as: "trading", name: "two")
    try mesh.publish("trading", at: [one.port, two.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.serviceConfig.balancing = .roundRobin
      $0.resolutionInterval = .milliseconds(50)
    }
    var counts: [String: Int] = [:]
    for name in ["one", "two"] { try await eventually { try await succeed(channel) == name } }
    for _ in 0..<100 { counts[try await succeed(channel), default: 0] += 1 }
    #expect(counts == ["one": 50, "two": 50])

    await one.stop(grace: .zero)
    counts = [:]
    for _ in 0..<20 { counts[try await succeed(channel), default: 0] += 1 }
    #expect(counts["two", default: 0] >= 19)

    // A replica added to the directory takes its share without anything being lost first.
    let three = try await mesh.serve(as: "trading", name: "three")
    try mesh.publish("trading", at: [two.port, three.port])
    try await eventually { try await succeed(channel) == "three" }
    counts = [:]
    for _ in 0..<20 { counts[try await succeed(channel), default: 0] += 1 }
    #expect(counts["three", default: 0] == 10)
    await two.stop(grace: .zero)
    await three.stop(grace: .zero)
  }

  @Test func replicaTakenFromTheDirectoryIsLeft() async throws {
    let one = try await mesh.serve(as: "trading", name: "one")
    let two = try await mesh.serve(as: "trading", name: "two")
    try mesh.publish("trading", at: [one.port, two.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.resolutionInterval = .milliseconds(20)
    }
    // Also the connection to the one that is to go must have been made.
    try await eventually { try await succeed(channel) == "one" }
    try mesh.publish("trading", at: [two.port])
    try await eventually {
      _ = try await succeed(channel)
      return one.connectionCount == 0
    }
    for _ in 0..<10 { #expect(try await succeed(channel) == "two") }
    await one.stop(grace: .zero)
    await two.stop(grace: .zero)
  }

  @Test func deadlineHoldsWhileConnecting() async throws {
    let silent = try SilentListener()
    try mesh.publish("trading", at: [silent.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.connectTimeout = .seconds(3600)
    }
    let error = await #expect(throws: RPCError.self) {
      try await channel.whoAmI(timeout: .milliseconds(100))
    }
    #expect(error?.code == .deadlineExceeded)
  }

  @Test func cancellationHoldsWhileConnecting() async throws {
    let silent = try SilentListener()
    try mesh.publish("trading", at: [silent.port])
    let channel = try mesh.channel(from: "gateway", to: "trading") {
      $0.connectTimeout = .seconds(3600)
    }
    let call = Task { try await channel.whoAmI(timeout: .seconds(3600)) }
    try await eventually { silent.hasConnection }
    call.cancel()
    let error = await #expect(throws: RPCError.self) { try await call.value }
    #expect(error?.code == .cancelled)
  }

  @Test func callThatWasUnderWayIsNotSaidToBeUnmade() async throws {
    let held = HeldCalls()
    let server = try await mesh.serve(as: "trading", holding: held)
    try mesh.publish("trading", at: [server.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    async let call = channel.whoAmI(timeout: .seconds(3600))
    try await eventually { held.count == 1 }
    await server.stop(grace: .zero)
    do {
      _ = try await call
      Issue.record("the call was answered")
    } catch {
      let error = try #require(error as? RPCError)
      #expect(error.code == .unavailable || error.code == .cancelled)
      #expect(!(error.cause is ServiceNotReached) && !(error.cause is CallNotProcessed))
    }
  }

  @Test func closedChannelTakesNoCalls() async throws {
    let server = try await mesh.serve(as: "trading")
    try mesh.publish("trading", at: [server.port])
    let channel = try mesh.channel(from: "gateway", to: "trading")
    _ = try await channel.whoAmI()
    channel.close()
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    #expect(error?.code == .unavailable)
    try await eventually { server.connectionCount == 0 }
    await server.stop(grace: .zero)
  }
}
