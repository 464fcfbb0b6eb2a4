import GoldenKitchenSink
import GoldenKitchenSinkRoutes
import Protobuf
import RPC
import Testing
import Transcoding

/// What the gateway offers of the golden kitchen service.
@Suite struct KitchenRoutesTests {
  @Test func routesFillTheRequest() throws {
    let route = try #require(AllRoutes.routes.first { $0.verb == .patch })
    let call = try route.call(
      variables: [("dish.dish_id", "d1"), ("seasoning.salt", "much")],
      query: QueryString("seasoning.herbs=dill&seasoning.herbs=mint&note=hot&like=SOUP"),
      body: Array(#"{"kind": "SOUP"}"#.utf8))
    let expected = KitchenSinkV1.SeasonRequest.with {
      $0.dish = .with {
        $0.dishID = "d1"
        $0.kind = .soup
      }
      $0.seasoning = .with {
        $0.salt = "much"
        $0.herbs = ["dill", "mint"]
      }
      $0.remark = "hot"
      $0.heat = .like(.soup)
    }
    #expect(call.request as? KitchenSinkV1.SeasonRequest == expected)
  }

  @Test func successStatusIsTheContracts() {
    #expect(AllRoutes.routes.map(\.successStatus) == [201, 201, 200])
  }

  @Test func channelIsOffered() throws {
    let channel = try #require(AllRoutes.channels.first)
    #expect(channel.name == "courses")
    #expect(channel.keys == ["table", "kinds"])
    #expect(channel.conflates)
    let call = try channel.call(parameters: Array(#"{"table": "4"}"#.utf8))
    #expect(call.request as? KitchenSinkV1.Order == .with { $0.table = "4" })
  }
}
