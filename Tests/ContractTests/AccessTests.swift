import EdgeClient
import Foundation
import NIOHTTP1
import Protobuf
import RPC
import Testing

/// Every caller and every user at every RPC: admitted or refused as the contract says.
@Suite struct AccessTests {
  @Test("every peer with every user is admitted or refused by the contract's rule")
  func byRPC() async throws {
    let world = World()
    for rpc in AllContracts.rpcs {
      world.script.set(rpc, Script.Answer(responses: [[]]))
      for caller in TestCaller.all {
        for user in TestUser.all {
          let name = "\(rpc.name) called by \(caller.name) for \(user.name)"
          let outcome = try await world.call(rpc, as: caller, for: user, [rpc.leastRequest])
          let refusal = rpc.rule.refusal(of: caller, for: user)
          let calls = world.script.takeCalls()
          #expect(calls.count == (refusal == nil ? 1 : 0), "\(name)")
          #expect(outcome.failure?.errorInfo?.reason == refusal?.rawValue, "\(name)")
          let code: StatusCode? = refusal.map {
            $0.isUnauthenticated ? .unauthenticated : .permissionDenied
          }
          #expect(outcome.failure?.code == code, "\(name)")
        }
      }
    }
  }

  @Test("every user at every route is admitted or refused by the contract's rule")
  func byREST() async throws {
    let world = World()
    let edge = try world.edge()
    for rpc in AllContracts.rpcs {
      for route in rpc.routes where route.isCovered {
        world.script.set(rpc, Script.Answer(responses: [[]]))
        var maker = SampleMaker(seed: 1)
        let request = route.sample(
          of: try #require(ContractIndex.messages[rpc.request.messageName]), &maker)
        for user in TestUser.all {
          let answer = await world.send(route, request, for: user, through: edge)
          let name = "\(rpc.name) by REST for \(user.name): \(answer.text)"
          let refusal = rpc.rule.refusal(of: .gateway, for: user)
          #expect(world.script.takeCalls().count == (refusal == nil ? 1 : 0), "\(name)")
          #expect(answer.problem["reason"] as? String == refusal?.rawValue, "\(name)")
          #expect(
            answer.status == refusal.map { $0.isUnauthenticated ? 401 : 403 } ?? route.success,
            "\(name)")
        }
      }
    }
  }

  @Test(
    "every user at every channel is admitted or refused by the contract's rule",
    .timeLimit(.minutes(5)))
  func byChannel() async throws {
    let world = World()
    try await world.withGateway { edge in
      for (rpc, channel, _) in try AllContracts.channels {
        world.script.set(
          rpc, Script.Answer(responses: [try channel.leastSnapshot(of: rpc)], staysOpen: true))
        var maker = SampleMaker(seed: 1, density: 0)
        let request = maker.sample(
          of: try #require(ContractIndex.messages[rpc.request.messageName])
        ).json()
        for user in TestUser.all {
          for isInHeader in [true, false] {
            let way = isInHeader ? "by the request" : "by a message"
            let name = "channel \(channel.name) for \(user.name) \(way)"
            if isInHeader, user.token == TestUser.forgedToken {
              // Who says who they are is believed or refused, whatever they want to do.
              try await expectNoSocket(edge, user, name)
              continue
            }
            let answer = try await edge.withWebSocket(token: isInHeader ? user.token : nil) {
              var conversation = Conversation($0)
              try await conversation.introduce(user, isInHeader: isInHeader)
              try await conversation.subscribe(to: channel, request)
              return try await conversation.next()
            }
            // A forged token made nobody of the user.
            var refusal = rpc.rule.refusal(of: .gateway, for: user)
            if refusal == .tokenInvalid { refusal = .tokenMissing }
            #expect(world.script.takeCalls().count == (refusal == nil ? 1 : 0), "\(name)")
            #expect(answer.type == (refusal == nil ? "subscribed" : "error"), "\(name)")
            #expect(answer.members["id"] as? String == Conversation.id, "\(name)")
            #expect(answer.members["reason"] as? String == refusal?.rawValue, "\(name)")
            #expect(
              answer.members["status"] as? Int == refusal.map { $0.isUnauthenticated ? 401 : 403 },
              "\(name)")
          }
        }
      }
    }
  }

  private func expectNoSocket(_ edge: EdgeClient, _ user: TestUser, _ name: String) async throws {
    let answer = try await edge.send(
      .GET, "/ws/v1", token: user.token,
      headers: [
        "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      ])
    #expect(answer.status == 401, "\(name)")
    #expect(answer.text.contains(#""reason":"\#(Refusal.tokenInvalid.rawValue)""#), "\(name)")
  }

  @Test("somebody may call every RPC, and somebody may not where its rule refuses anyone")
  func rulesTellCallersApart() {
    for rpc in AllContracts.rpcs {
      let refusals = TestCaller.all.flatMap { caller in
        TestUser.all.map { rpc.rule.refusal(of: caller, for: $0) }
      }
      #expect(refusals.contains(nil), "\(rpc.name) admits nobody")
      let isOpen =
        if case (.anyone, .none) = (rpc.rule.callers, rpc.rule.user) { true } else { false }
      #expect(refusals.contains { $0 != nil } == !isOpen, "\(rpc.name)")
    }
  }
}

extension ChannelCase {
  /// A snapshot without any data.
  fileprivate func leastSnapshot(of rpc: RPCCase) throws -> [UInt8] {
    var maker = SampleMaker(seed: 1, density: 0)
    let response = try #require(ContractIndex.messages[rpc.response.messageName])
    return sample(of: response, keys: [], &maker)[0].response.binary
  }
}

extension Conversation {
  /// Says who the user is, and hears the answer.
  fileprivate mutating func introduce(_ user: TestUser, isInHeader: Bool) async throws {
    guard let token = user.token else { return }
    if !isInHeader { try await authenticate(token) }
    let answer = try await next()
    let isForged = token == TestUser.forgedToken
    #expect(answer.type == (isForged ? "error" : "authenticated"), "\(user.name)")
    let reason = isForged ? Refusal.tokenInvalid.rawValue : nil
    #expect(answer.members["reason"] as? String == reason, "\(user.name)")
  }
}
