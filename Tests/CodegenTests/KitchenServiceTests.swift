import Events
import GoldenKitchenSink
import Protobuf
import RPC
import Testing

/// The golden kitchen service: its descriptors, its registration and its topic.
@Suite struct KitchenServiceTests {
  @Test func descriptorsStateTheContract() {
    let cook = KitchenSinkV1.KitchenServiceMethods.cook
    #expect(cook.path == "/golden.kitchensink.v1.KitchenService/Cook")
    #expect(cook.kind == .unary)
    #expect(cook.idempotency == .idempotent)
    #expect(cook.access.callers == .services(["gateway"]))
    #expect(cook.access.user == .required(roles: ["cook"]))
    #expect(cook.deadline == .milliseconds(1500))
    let all = KitchenSinkV1.KitchenServiceMethods.all
    #expect(all.map(\.method) == ["Cook", "Season", "Taste", "Serve", "Import"])
    #expect(
      all.map(\.kind) == [
        .unary, .unary, .clientStreaming, .serverStreaming, .bidirectionalStreaming,
      ])
    #expect(all.last?.access.callers == .anyone)
    #expect(Kitchen.descriptor.methods == all)
  }

  @Test func registrationOffersEveryMethod() {
    let router = RPCRouter(services: [Kitchen()], accessController: NobodyEnters())
    #expect(
      Set(router.descriptors.map(\.path))
        == Set(KitchenSinkV1.KitchenServiceMethods.all.map(\.path)))
  }

  @Test func topicReadsKeyAndSequence() {
    let topic = KitchenSinkV1.Topics.kitchenEvents
    let event = KitchenSinkV1.KitchenEvent.with {
      $0.dishID = "d1"
      $0.sequence = 7
    }
    #expect(topic.name == "kitchen_events")
    #expect(topic.partitions == 3)
    #expect(topic.retention == .hours(48))
    #expect(topic.key(event) == "d1")
    #expect(topic.sequence?(event) == 7)
  }
}

/// A service as someone would write it: handlers only.
private struct Kitchen: KitchenSinkV1.KitchenService {
  func cook(
    _ request: KitchenSinkV1.Dish, context: ServerContext
  ) async throws -> KitchenSinkV1.Dish { request }

  func season(
    _ request: KitchenSinkV1.SeasonRequest, context: ServerContext
  ) async throws -> KitchenSinkV1.Dish { request.dish ?? KitchenSinkV1.Dish() }

  func taste(
    _ requests: RPCStream<KitchenSinkV1.Dish>, context: ServerContext
  ) async throws -> KitchenSinkV1.Verdict { KitchenSinkV1.Verdict() }

  func serve(
    _ request: KitchenSinkV1.Order, responses: RPCWriter<KitchenSinkV1.Course>,
    context: ServerContext
  ) async throws {}

  func `import`(
    _ requests: RPCStream<Google.StringValue>, responses: RPCWriter<Google.Empty>,
    context: ServerContext
  ) async throws {}
}

private struct NobodyEnters: AccessController {
  func authorize(
    method: MethodDescriptor, peer: PeerIdentity?, metadata: Metadata
  ) async throws(RPCError) -> UserIdentity? {
    throw RPCError(.permissionDenied, "nobody enters")
  }
}
