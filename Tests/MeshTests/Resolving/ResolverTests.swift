import Foundation
import Mesh
import RPC
import RPCTransport
import Synchronization
import TestSupport
import Testing
import TestingContract

@Suite(.timeLimit(.minutes(5))) struct ResolverTests {
  /// A DNS that says what it is told to, and counts the questions.
  private final class Names: Sendable {
    private let state: Mutex<(addresses: [String]?, questions: Int)>

    init(_ addresses: [String]?) { state = Mutex((addresses, 0)) }

    var questions: Int { state.withLock(\.questions) }

    func say(_ addresses: [String]?) { state.withLock { $0.addresses = addresses } }

    func resolver(
      port: Int = 1, interval: Duration = .seconds(3600), minimumInterval: Duration = .zero
    ) -> DNSResolver {
      DNSResolver(host: "h", port: port, interval: interval, minimumInterval: minimumInterval) {
        #expect($0 == "h")
        let addresses = self.state.withLock { state in
          state.questions += 1
          return state.addresses
        }
        guard let addresses else { throw NoSuchName() }
        return addresses
      }
    }
  }

  private struct NoSuchName: Error {}

  @Test func addressesOfBothVersionsCountOnceAndInOrder() async throws {
    let resolver = Names(["::1", "10.0.0.1", "::1", "10.0.0.2"]).resolver(port: 7)
    #expect(
      try await resolver.addresses().map(\.description) == [
        "[::1]:7", "10.0.0.1:7", "10.0.0.2:7",
      ])
  }

  @Test func withinTheMinimumIntervalTheLastAnswerStands() async throws {
    let names = Names(["10.0.0.1"])
    let resolver = names.resolver(minimumInterval: .seconds(3600))
    for _ in 0..<10 { #expect(try await resolver.addresses().count == 1) }
    names.say(["10.0.0.1", "10.0.0.2"])
    #expect(try await resolver.addresses().count == 1)
    #expect(names.questions == 1)
  }

  @Test func afterwardsTheNameIsAskedForAgain() async throws {
    let names = Names(["10.0.0.1"])
    let resolver = names.resolver()
    #expect(try await resolver.addresses().count == 1)
    names.say(["10.0.0.1", "10.0.0.2"])
    #expect(try await resolver.addresses().count == 2)
    #expect(names.questions == 2)
  }

  @Test(arguments: [nil, []] as [[String]?])
  func whileTheNameIsNotResolvedTheLastAnswerStands(answer: [String]?) async throws {
    let names = Names(answer)
    let resolver = names.resolver()
    await #expect(throws: (any Error).self) { try await resolver.addresses() }
    names.say(["10.0.0.1"])
    let addresses = try await resolver.addresses()
    names.say(answer)
    #expect(try await resolver.addresses() == addresses)
  }

  @Test func systemKnowsThisMachineAndNamesWhatItDoesNotKnow() async throws {
    let addresses = try await SystemNames.addresses(of: "localhost")
    #expect(addresses.contains("127.0.0.1") || addresses.contains("::1"))
    #expect(try await SystemNames.addresses(of: "127.0.0.1") == ["127.0.0.1"])
    #expect(try await SystemNames.addresses(of: "::1") == ["::1"])
    let error = await #expect(throws: (any Error).self) {
      try await SystemNames.addresses(of: "name.invalid")
    }
    #expect("\(String(describing: error))".contains("name.invalid"))
  }

  // MARK: - Channels

  private let mesh: MeshFixture

  init() throws { mesh = try MeshFixture() }

  @Test func channelFindsItsServiceByDNS() async throws {
    let server = try await mesh.serve(as: "trading", name: "one")
    let target = try Target("dns:///localhost:\(server.port)")
    let channel = try mesh.channel(from: "gateway", to: "trading", at: target)
    #expect(try await channel.whoAmI().roles == ["one"])
    await server.stop(grace: .zero)
  }

  @Test func channelFindsItsServiceAtFixedAddresses() async throws {
    let one = try await mesh.serve(as: "trading", name: "one")
    let two = try await mesh.serve(as: "trading", name: "two")
    let target = try Target("static:///127.0.0.1:\(one.port),127.0.0.1:\(two.port)")
    let channel = try mesh.channel(from: "gateway", to: "trading", at: target)
    for name in ["one", "two"] {
      try await eventually { try await channel.whoAmI().roles == [name] }
    }
    await one.stop(grace: .zero)
    await two.stop(grace: .zero)
  }

  @Test func channelFindsItsServiceAtASocket() async throws {
    let server = try await mesh.serve(as: "trading", name: "one")
    let folder = try TemporaryFolder()
    let proxy = try await FaultProxy.start(
      to: server.port, socketPath: "\(folder.path)/trading.sock")
    let target = try Target("unix://\(folder.path)/trading.sock")
    let channel = try mesh.channel(from: "gateway", to: "trading", at: target)
    #expect(try await channel.whoAmI().roles == ["one"])
    #expect(proxy.connectionCount >= 1)
    await server.stop(grace: .zero)
  }

  @Test func whoeverAnswersProvesToBeTheServiceWhereverItWasFound() async throws {
    let impostor = try await mesh.serve(as: "marketdata")
    let target = try Target("dns:///127.0.0.1:\(impostor.port)")
    let channel = try mesh.channel(from: "gateway", to: "trading", at: target)
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    #expect("\(String(describing: error))".contains("peerIdentityMismatch"))
    await impostor.stop(grace: .zero)
  }

  @Test func nameIsAskedForAgainWhenItsAddressIsLost() async throws {
    // 127.0.0.2 is this machine, too, and nobody listens there.
    let server = try await mesh.serve(as: "trading", name: "one")
    let names = Names(["127.0.0.2"])
    let channel = try mesh.channel(
      from: "gateway", to: "trading", resolver: names.resolver(port: server.port))
    let error = await #expect(throws: RPCError.self) { try await channel.whoAmI() }
    #expect(error?.cause is ServiceNotReached)
    names.say(["127.0.0.1"])
    try await eventually {
      do { return try await channel.whoAmI().roles == ["one"] } catch { return false }
    }
    await server.stop(grace: .zero)
  }

  @Test func nameIsAskedForAgainWhileAllIsWell() async throws {
    let server = try await mesh.serve(as: "trading", name: "one")
    let names = Names(["127.0.0.1"])
    let channel = try mesh.channel(
      from: "gateway", to: "trading",
      resolver: names.resolver(port: server.port, interval: .milliseconds(10)))
    try await eventually {
      _ = try await channel.whoAmI()
      return names.questions > 3
    }
    #expect(server.connectionCount == 1)
    await server.stop(grace: .zero)
  }
}
