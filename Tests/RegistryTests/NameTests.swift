import ContractRegistry
import RPC
import Registry
import Testing

/// What a person may type for a name, and what they are told when it is none.
@Suite struct NameTests {
  private let registry = AllContracts.registry

  @Test(arguments: [
    "alphintra.trading.v1.TradingService/PlaceOrder",
    "/alphintra.trading.v1.TradingService/PlaceOrder",
    "alphintra.trading.v1.TradingService.PlaceOrder", "TradingService/PlaceOrder",
    "TradingService.PlaceOrder", "PlaceOrder", "placeorder", "tradingservice/placeOrder",
  ])
  func manySpellingsOfOneRPC(name: String) throws {
    #expect(
      try registry.rpc(named: name).fullName == "alphintra.trading.v1.TradingService/PlaceOrder")
  }

  @Test(arguments: [
    ("PlaceOrdr", ["TradingService/PlaceOrder"]),
    ("TradngService/PlaceOrder", ["TradingService/PlaceOrder"]),
    ("TradingService/PalceOrder", ["TradingService/PlaceOrder"]),
    ("Quote", []),
  ])
  func aWrongNameSuggestsTheNearest(name: String, nearest: [String]) throws {
    let error = try #require(throws: UnresolvedName.self) { try registry.rpc(named: name) }
    #expect(!error.isAmbiguous)
    #expect(Array(error.candidates.prefix(nearest.count)) == nearest)
    #expect(error.description.hasPrefix("there is no RPC \"\(name)\""))
    #expect(error.candidates.count <= UnresolvedName.mostCandidates)
  }

  @Test func nothingIsNearNonsense() throws {
    let error = try #require(throws: UnresolvedName.self) { try registry.rpc(named: "zzzzzzzz") }
    #expect(error.candidates.isEmpty)
    #expect(error.description == "there is no RPC \"zzzzzzzz\"")
  }

  @Test func aNameOfTwoIsAmbiguous() throws {
    let two = RPCRegistry([
      Self.contract("one.v1.OneService"), Self.contract("two.v1.TwoService"),
    ])
    let error = try #require(throws: UnresolvedName.self) { try two.rpc(named: "PlaceOrder") }
    #expect(error.isAmbiguous)
    #expect(error.candidates == ["one.v1.OneService/PlaceOrder", "two.v1.TwoService/PlaceOrder"])
    #expect(try two.rpc(named: "TwoService/PlaceOrder").method.service == "two.v1.TwoService")
  }

  /// A contract with one RPC, under the name of a service.
  private static func contract(_ service: StaticString) -> ContractDescription {
    let placeOrder = AllContracts.registry.rpcs.first { $0.method.method == "PlaceOrder" }
    let rpcs = [placeOrder].compactMap(\.self).map {
      RPCDescription(
        .init(
          service: service.description, method: "PlaceOrder", kind: .unary,
          access: $0.method.access), $0.request, $0.response, "")
    }
    return ContractDescription(
      package: "one.v1", services: [ServiceDescription(service, "", rpcs)], messages: [], enums: [])
  }

  @Test func servicesAndTypesHaveNamesToo() throws {
    #expect(
      try registry.service(named: "tradingservice").name == "alphintra.trading.v1.TradingService")
    #expect(try registry.typeName(named: "OrderSide") == "alphintra.trading.v1.OrderSide")
  }

  @Test(arguments: [
    ("TradingService/Pl", ["TradingService/PlaceOrder"]),
    ("alphintra.trading.v1.TradingService/Pl", ["alphintra.trading.v1.TradingService/PlaceOrder"]),
    ("nothing", []),
  ])
  func aBeginningIsCompleted(prefix: String, names: [String]) {
    #expect(registry.completions(of: prefix) == names)
  }

  @Test func nothingTypedCompletesToEverything() {
    #expect(registry.completions(of: "") == registry.rpcs.map(\.name))
  }

  @Test(
    arguments: [
      ("alphintra.trading.v1.TradingService", "trading"), ("bench.v1.EchoService", "bench"),
      ("alphintra.marketdata.v1beta1.MarketDataService", "marketdata"), ("a.vault.Keys", "vault"),
      ("Alone", "Alone"),
    ] as [(StaticString, String)])
  func aServiceIsFoundByItsPackage(name: StaticString, meshName: String) {
    #expect(ServiceDescription(name, "", []).meshName == meshName)
  }
}
