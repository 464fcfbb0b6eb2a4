import RPC
import Testing

@Suite struct CallHeadTests {
  private static let now = ContinuousClock.now

  private static func method(deadline: Duration?) -> MethodDescriptor {
    MethodDescriptor(
      service: "s", method: "m", kind: .unary,
      access: AccessRule(callers: .anyone, user: .none), deadline: deadline)
  }

  private static func context(
    deadline: ContinuousClock.Instant? = nil, _ metadata: Metadata = [:]
  ) -> ServerContext {
    ServerContext(method: Self.method(deadline: nil), metadata: metadata, deadline: deadline)
  }

  @Test func theEarliestDeadlineCounts() throws {
    let early = Self.now + .seconds(10)
    let late = Self.now + .seconds(1000)
    let method = Self.method(deadline: .seconds(100))
    #expect(CallHead(Self.method(deadline: nil), CallOptions(), context: nil).deadline == nil)
    #expect(CallHead(method, CallOptions(deadline: early), context: nil).deadline == early)
    #expect(
      CallHead(method, CallOptions(deadline: late), context: Self.context(deadline: early)).deadline
        == early)
    #expect(
      CallHead(method, CallOptions(deadline: early), context: Self.context(deadline: late)).deadline
        == early)
    // The contract's deadline is for those who do not say; a caller may ask for more.
    #expect(CallHead(method, CallOptions(deadline: late), context: nil).deadline == late)
    let byContract = try #require(CallHead(method, CallOptions(), context: nil).deadline)
    #expect(byContract > Self.now + .seconds(90) && byContract < Self.now + .seconds(150))
    let byTimeout = try #require(
      CallHead(method, CallOptions(timeout: .seconds(1)), context: nil).deadline)
    #expect(byTimeout < Self.now + .seconds(50))
  }

  @Test func theUserAndTheCorrelationGoAlong() {
    let context = Self.context([
      "authorization": "Bearer token", "x-correlation-id": "c1", "other": "stays",
    ])
    let method = Self.method(deadline: nil)
    let head = CallHead(method, CallOptions(metadata: ["mine": "1"]), context: context)
    #expect(
      head.metadata == [
        "mine": "1", "authorization": "Bearer token", "x-correlation-id": "c1",
      ])
    let own = CallHead(method, CallOptions(forwardsUser: false), context: context)
    #expect(own.metadata == ["x-correlation-id": "c1"])
  }

  @Test("a call is as critical as the least of what contract, caller and handler say")
  func theLeastCriticalityCounts() {
    func method(_ criticality: Criticality) -> MethodDescriptor {
      MethodDescriptor(
        service: "s", method: "m", kind: .unary,
        access: AccessRule(callers: .anyone, user: .none), criticality: criticality)
    }
    func stated(
      _ contract: Criticality, options: Criticality? = nil, handler: ServerContext? = nil
    ) -> String? {
      CallHead(method(contract), CallOptions(criticality: options), context: handler)
        .metadata[Criticality.metadataName]
    }
    func handler(_ contract: Criticality, _ metadata: Metadata = [:]) -> ServerContext {
      ServerContext(method: method(contract), metadata: metadata)
    }
    // What the contract says need not be said.
    #expect(stated(.critical) == nil)
    #expect(stated(.critical, options: .criticalPlus, handler: handler(.criticalPlus)) == nil)
    #expect(stated(.sheddable, handler: handler(.sheddable)) == nil)
    #expect(stated(.critical, options: .sheddable) == "sheddable")
    #expect(stated(.criticalPlus, handler: handler(.sheddablePlus)) == "sheddable_plus")
    // Two steps away from where it was said.
    let inner = handler(.critical, ["x-criticality": "sheddable"])
    #expect(inner.criticality == .sheddable)
    #expect(stated(.critical, options: .critical, handler: inner) == "sheddable")
    // Nobody can say more than the contract, nor anything else.
    #expect(handler(.sheddable, ["x-criticality": "critical_plus"]).criticality == .sheddable)
    #expect(handler(.critical, ["x-criticality": "very"]).criticality == .critical)
  }

  @Test func whatTheCallerSaysIsNotReplaced() {
    let head = CallHead(
      Self.method(deadline: nil), CallOptions(metadata: ["authorization": "Bearer other"]),
      context: Self.context(["authorization": "Bearer token"]))
    #expect(head.metadata == ["authorization": "Bearer other"])
  }

  @Test func aHandlersCallsInheritWithoutBeingTold() {
    let context = Self.context(deadline: Self.now + .seconds(3), ["x-correlation-id": "c2"])
    ServerContext.$current.withValue(context) {
      let head = CallHead(Self.method(deadline: nil), CallOptions())
      #expect(head.deadline == context.deadline)
      #expect(head.metadata["x-correlation-id"] == "c2")
    }
  }
}
