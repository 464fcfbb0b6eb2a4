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
