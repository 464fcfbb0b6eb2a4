import Testing

@testable import CodegenCore

/// How proto names become Swift names.
@Suite struct SwiftNameTests {
  @Test(arguments: [
    ("order_id", "orderID"), ("id", "id"), ("url", "url"), ("callback_url", "callbackURL"),
    ("order_ids", "orderIDs"), ("http_api_url", "httpAPIURL"), ("client_ip", "clientIP"),
    ("ip_address", "ipAddress"), ("idea", "idea"), ("jwt_uuid", "jwtUUID"), ("a__b", "aB"),
    ("alreadyCamel", "alreadyCamel"), ("price_24h", "price24h"), ("use_https", "useHTTPS"),
  ])
  func lowerCamel(proto: String, swift: String) {
    #expect(SwiftName.lowerCamel(proto) == swift)
  }

  @Test(arguments: [
    ("PlaceOrder", "placeOrder"), ("WhoAmI", "whoAmI"), ("JWKSFile", "jwksFile"),
    ("JWKS", "jwks"), ("Jwks", "jwks"), ("X", "x"), ("already", "already"),
  ])
  func function(proto: String, swift: String) {
    #expect(SwiftName.function(proto) == swift)
  }

  @Test(arguments: [
    ("ORDER_SIDE_BUY", "OrderSide", "BUY"), ("OAUTH2_GRANT_CLIENT_ID", "OAuth2Grant", "CLIENT_ID"),
    ("HTTP_VERB_GET", "HTTPVerb", "GET"), ("BARE", "OrderSide", nil),
    ("ORDER_SIDE", "OrderSide", nil),
    ("ORDER_SIDE_", "OrderSide", nil), ("ORDER_SIDEWAYS", "OrderSide", nil),
  ])
  func enumPrefix(value: String, type: String, short: String?) {
    #expect(SwiftName.withoutPrefix(value, ofEnum: type) == short)
  }

  @Test(arguments: [
    ("alphintra.trading.v1", "TradingContract", "TradingV1"),
    ("bench.v1", "BenchContract", "BenchV1"),
    ("alphintra.risk_limits.v2beta1", "RiskLimitsContract", "RiskLimitsV2beta1"),
    ("plain", "PlainContract", "Plain"), ("v1", "Contract", "V1"),
  ])
  func package(proto: String, module: String, namespace: String) {
    #expect(
      SwiftPackageName(package: proto) == SwiftPackageName(module: module, namespace: namespace))
  }

  @Test func namesOfOneScopeDiffer() {
    var names = UniqueNames()
    #expect(names.claim("a", avoiding: [], suffix: "_") == "a")
    #expect(names.claim("a", avoiding: [], suffix: "_") == "a_")
    #expect(names.claim("a", avoiding: [], suffix: "_") == "a_2")
    #expect(names.claim("self", avoiding: ["self"], suffix: "_") == "self_")
    #expect(names.claim("self", avoiding: ["self"], suffix: "_") == "self_2")
    #expect(names.claim("B", avoiding: [], suffix: "P", derived: ["Client"]) == "B")
    #expect(names.claim("BClient", avoiding: [], suffix: "P") == "BClientP")
  }
}
