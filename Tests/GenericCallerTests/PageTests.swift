import ContractRegistry
import Protobuf
import Registry
import Testing
import TestingContractRegistry

@testable import GenericCaller

/// What a person reads of the contracts.
@Suite struct PageTests {
  static let registries = [
    ContractRegistry.AllContracts.registry, RPCRegistry([TestingRegistry.contract]),
  ]

  private let registry = ContractRegistry.AllContracts.registry

  @Test func theListNamesEverything() {
    let page = ListPage(registry.services, width: 100).text
    for service in registry.services { #expect(page.contains(service.name)) }
    for rpc in registry.rpcs { #expect(page.contains("  \(rpc.name)")) }
    #expect(page.contains(/TradingService\/PlaceOrder +Places an order\.\n/), "\(page)")
  }

  @Test func anRPCIsDescribedWhole() throws {
    let page = try DescriptionPage("PlaceOrder", in: registry, width: 100).text
    for text in [
      "alphintra.trading.v1.TradingService/PlaceOrder\n", "  Places an order. Under a",
      "rpc PlaceOrder(PlaceOrderRequest) returns (Order)", "unary: one request, one response",
      "callers     gateway", "any user", "5 s", "may take effect again", "POST /api/orders",
      "request PlaceOrderRequest", "limitPrice     Decimal", "response Order", "enum OrderSide",
      "BUY", "alphintra call TradingService/PlaceOrder '{\n",
    ] {
      #expect(page.contains(text), "\(text) is not in:\n\(page)")
    }
  }

  /// All that the contract asks of a call stands where the call is described.
  @Test func whatIsAskedOfACallIsDescribed() throws {
    let order = try DescriptionPage("PlaceOrder", in: self.registry, width: 200).text
    for text in [
      "user        any user, a token with trade\n", "overload    critical plus: given up last\n",
      "rate class  orders: ", "audit       each call is written down\n",
      "The instrument. [required; matches [A-Z0-9.-]{1,12}]\n",
      "Which way. [required; a value that the contract names]\n", "lot size. [required; > 0]\n",
    ] {
      #expect(order.contains(text), "\(text) is not in:\n\(order)")
    }
    let login = try DescriptionPage("Login", in: self.registry, width: 200).text
    #expect(login.contains("[required; at most 128 characters; a secret, which no error repeats]"))
  }

  @Test func aOneofThatIsRequiredSaysSo() throws {
    let payment = MessageDescription(
      "test.Payment", "", requiredOneofs: ["means"],
      [
        FieldDescription(
          1, "iban", .string, cardinality: .oneof("means"), rules: ["15 to 34 characters"], "Where."
        ),
        FieldDescription(2, "code", .int32, cardinality: .oneof("note")),
      ])
    let registry = RPCRegistry([
      ContractDescription(package: "test", services: [], messages: [payment], enums: [])
    ])
    let page = try DescriptionPage("Payment", in: registry, width: 100).text
    #expect(
      page == """
        message Payment
          iban  string  Where. (one of means, of which one is required) [15 to 34 characters]
          code  int32   (one of note)
        """)
  }

  /// With the contract's examples, what is to be filled in is admitted as it stands.
  @Test(arguments: ContractRegistry.AllContracts.registry.rpcs.map(\.fullName))
  func aSkeletonBreaksNoRule(name: String) throws {
    let rpc = try registry.rpc(named: name)
    let request = try rpc.request.init(
      json: JSONSkeleton(registry).text(of: rpc.request.messageName))
    #expect(request.ruleViolations().described.map(\.description) == [])
  }

  @Test func aStreamIsDescribedAsOne() throws {
    let page = try DescriptionPage("WatchOrders", in: registry, width: 100).text
    #expect(page.contains("rpc WatchOrders(WatchOrdersRequest) returns (stream OrderUpdate)"))
    #expect(page.contains("channel orders"))
    #expect(page.contains("(one of change)"))
    #expect(page.contains("none unless the caller sets one"))
  }

  @Test func servicesAndTypesAreDescribedToo() throws {
    let service = try DescriptionPage("TradingService", in: registry, width: 100).text
    #expect(service.contains("PlaceOrder"))
    let type = try DescriptionPage("OrderSide", in: registry, width: 100).text
    #expect(type.hasPrefix("enum OrderSide\n"))
    #expect(throws: UnresolvedName.self) {
      try DescriptionPage("Nothing", in: registry, width: 100)
    }
  }

  @Test func anRPCThatGoesSaysWhen() throws {
    let order = try registry.rpc(named: "GetOrder")
    #expect(!DescriptionPage(order, in: registry, width: 100).text.contains("deprecated"))
    let old = RPCDescription(
      order.method, order.request, order.response,
      deprecation: "since 2026-11-01; may be gone from 2027-05-01 on; see /docs", "Gone soon.")
    let page = DescriptionPage(old, in: registry, width: 100).text
    #expect(
      page.contains(/deprecated +since 2026-11-01; may be gone from 2027-05-01 on; see \/docs/))
  }

  @Test(arguments: [40, 72, 100, 160])
  func pagesKeepTheirWidth(width: Int) throws {
    for rpc in registry.rpcs {
      let page = DescriptionPage(rpc, in: registry, width: width).text
      for line in page.split(separator: "\n") where line.count > width {
        // A line that cannot be broken: one word, a name beside a type, a line of JSON.
        let words = line.split(separator: " ").count
        #expect(words <= 4 || line.contains("signature"), "\(line)")
      }
    }
  }

  /// A skeleton is a good request, with every field but the further members of oneofs.
  @Test(arguments: registries.flatMap(\.rpcs).map(\.fullName))
  func aSkeletonIsARequest(name: String) throws {
    let registry = try #require(Self.registries.first { (try? $0.rpc(named: name)) != nil })
    let rpc = try registry.rpc(named: name)
    for (type, message) in [
      (rpc.request, rpc.request.messageName), (rpc.response, rpc.response.messageName),
    ] {
      let skeleton = JSONSkeleton(registry).text(of: message)
      let read = try type.init(json: skeleton)
      let again = try type.init(serialized: read.serialized())
      #expect(again.json() == read.json())
      for field in registry.message(message)?.fields ?? [] {
        if case .oneof = field.cardinality { continue }
        #expect(skeleton.contains("\n  \"\(field.jsonName)\": "), "\(skeleton)")
      }
    }
  }
}
