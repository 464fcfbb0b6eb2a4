import Core
import Protobuf
import Testing
import TestingContract

@Suite struct FieldMaskTests {
  typealias Node = TestingV1.Node

  private func rule(_ path: String) -> FieldMaskError.Rule? {
    do throws(FieldMaskError) {
      try Google.FieldMask(["node_id", path]).validate(for: Node.self)
      return nil
    } catch {
      #expect(error.path == path)
      #expect(error.description.contains("\"\(path)\""))
      return error.rule
    }
  }

  @Test(arguments: [
    "node_id", "left", "left.right.leg.symbol", "children", "leg", "child.child.text", "price",
    "created_at.seconds", "optional_count", "is_last", "settings.fields",
  ])
  func `a path leads from field to field`(path: String) {
    #expect(rule(path) == nil)
  }

  @Test(arguments: [
    ("nodeId", FieldMaskError.Rule.unknownField("nodeId", message: "alphintra.testing.v1.Node")),
    ("left.x", .unknownField("x", message: "alphintra.testing.v1.Node")),
    ("leg.x.y", .unknownField("x", message: "alphintra.testing.v1.Node.Leg")),
    ("", .empty), ("left.", .empty), (".left", .empty), ("left..right", .empty),
    ("node_id.x", .notAMessage("node_id")), ("price.value", .notAMessage("price")),
    ("children.node_id", .repeated("children")), ("left.legs.symbol", .repeated("legs")),
    ("choice", .unknownField("choice", message: "alphintra.testing.v1.Node")),
  ])
  func `a path that leads nowhere is refused`(path: String, expected: FieldMaskError.Rule) {
    #expect(rule(path) == expected)
  }

  @Test func `a path is checked though a shorter one names all of it`() {
    let mask = Google.FieldMask(["left", "left.nothing.x"])
    #expect(throws: FieldMaskError.self) { try mask.validate(for: Node.self) }
  }

  private func merged(
    _ update: Node, into node: Node, _ paths: [String],
    _ merging: Google.FieldMask.Merging = .adding
  ) throws -> Node {
    var node = node
    try Google.FieldMask(paths).merge(update, into: &node, merging)
    return node
  }

  @Test func `only what the mask names is taken over`() throws {
    let node = try RoundTripTests.node()
    let update = Node.with {
      $0.nodeID = "n-2"
      $0.optionalText = "x"
      $0.price = 3
      $0.left = .with { $0.optionalCount = 5 }
    }
    var expected = node
    expected.nodeID = "n-2"
    expected.left?.optionalCount = 5
    #expect(try merged(update, into: node, ["node_id", "left.optional_count"]) == expected)
    #expect(try merged(update, into: node, []) == node)
  }

  @Test func `a value that the update leaves unset is cleared`() throws {
    let node = try RoundTripTests.node()
    var expected = node
    expected.nodeID = ""
    expected.price = nil
    expected.optionalCount = nil
    expected.isLast = false
    let paths = ["node_id", "price", "optional_count", "is_last"]
    #expect(try merged(Node(), into: node, paths) == expected)
  }

  @Test func `lists and messages are added to, or replaced`() throws {
    let node = try RoundTripTests.node()
    let update = Node.with {
      $0.legs = [.with { $0.symbol = "B" }]
      $0.left = .with { $0.optionalCount = 1 }
    }
    let adding = try merged(update, into: node, ["legs", "left", "children"])
    #expect(adding.legs.map(\.symbol) == ["AAPL", "B"])
    #expect(adding.left?.nodeID == "left")
    #expect(adding.left?.optionalCount == 1)
    #expect(adding.children == node.children)
    let replacing = try merged(update, into: node, ["legs", "left", "children"], .replacing)
    #expect(replacing.legs.map(\.symbol) == ["B"])
    #expect(replacing.left == update.left)
    #expect(replacing.children == [])
    #expect(replacing.price == node.price)
  }

  @Test func `the member of a oneof that is taken over displaces another`() throws {
    let node = Node.with { $0.choice = .text("x") }
    let update = Node.with { $0.choice = .leg(.with { $0.symbol = "A" }) }
    #expect(try merged(update, into: node, ["leg"]).choice == update.choice)
    #expect(try merged(update, into: node, ["leg.symbol"]).choice == update.choice)
    #expect(try merged(update, into: node, ["count"]).choice == node.choice)
    #expect(try merged(update, into: node, ["text"]).choice == nil)
  }

  @Test func `unknown fields stay with whom they are`() throws {
    var node = try Node(serialized: hex("ba 1e 01 61"))
    let update = try Node(serialized: hex("ba 1e 01 62 0a 01 6e"))
    try Google.FieldMask(["node_id"]).merge(update, into: &node)
    #expect(node.unknownFields.bytes == hex("ba 1e 01 61"))
    #expect(node.nodeID == "n")
    try Google.FieldMask(["node_id"]).trim(&node)
    #expect(node == .with { $0.nodeID = "n" })
  }

  @Test func `a trimmed message holds what the mask names`() throws {
    let node = try RoundTripTests.node()
    var trimmed = node
    let paths = ["child.leg.price", "legs", "price", "left.optional_count", "right.left"]
    try Google.FieldMask(paths).trim(&trimmed)
    let expected = Node.with {
      $0.left = Node()
      $0.legs = node.legs
      $0.price = node.price
      $0.choice = .child(.with { $0.choice = .leg(TestingV1.Node.Leg()) })
    }
    #expect(trimmed == expected)
    var whole = node
    try Google.FieldMask().trim(&whole)
    #expect(whole == node)
    #expect(throws: FieldMaskError.self) { try Google.FieldMask(["x"]).trim(&whole) }
    #expect(whole == node)
  }

  @Test func `a message that nests too deep is refused and stays as it is`() throws {
    var node = Node()
    for _ in 0...BinaryReader.maximumDepth {
      let outer = Node.with { $0.left = node }
      node = outer
    }
    let before = node
    #expect(throws: FieldMaskError.self) { try Google.FieldMask(["left"]).trim(&node) }
    #expect(node == before)
  }
}
