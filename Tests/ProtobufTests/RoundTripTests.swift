import Core
import Protobuf
import Testing
import TestingContract

@Suite struct RoundTripTests {
  static func node() throws -> TestingV1.Node {
    try TestingV1.Node.with { node in
      node.nodeID = "n-1"
      node.left = .with { $0.nodeID = "left" }
      node.children = [.with { $0.nodeID = "child" }, TestingV1.Node()]
      node.legs = [.with { $0.symbol = "AAPL" }]
      node.legs[0].price = try Decimal("101.25")
      node.optionalCount = 0
      node.optionalText = ""
      node.optionalSide = .unspecified
      node.optionalDouble = 0
      node.optionalBlob = []
      node.choice = .child(.with { $0.choice = .leg(.with { $0.symbol = "X" }) })
      node.price = -7
      node.createdAt = Google.Timestamp(seconds: 1_700_000_000, nanos: 1_000_000)
      node.timeout = Google.Duration(seconds: -1, nanos: -500_000_000)
      node.updateMask = Google.FieldMask(["display_name", "a.b_c"])
      node.nothing = Google.Empty()
      node.nickname = Google.StringValue("")
      node.limit = Google.Int64Value(.min)
      node.isLast = true
    }
  }

  @Test func `every kind of field survives binary and JSON`() throws {
    let node = try Self.node()
    #expect(try TestingV1.Node(serialized: node.serialized()) == node)
    #expect(try TestingV1.Node(json: node.json()) == node)
    let events = JSONEncodingOptions(preservingProtoFieldNames: true)
    #expect(try TestingV1.Node(json: node.json(options: events)) == node)
  }
}
