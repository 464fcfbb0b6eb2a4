import Core
import Protobuf
import Testing
import TestingContract

@Suite struct AnyTests {
  typealias Node = TestingV1.Node

  static let types = TypeRegistry(TestingV1.messages)
  static let encoding = JSONEncodingOptions(types: types)
  static let decoding = JSONDecodingOptions(types: types)
  static let url = "type.googleapis.com/alphintra.testing.v1"

  private func roundTrip(_ any: Google.`Any`, _ text: String) throws {
    #expect(String(decoding: try any.validJSON(options: Self.encoding), as: UTF8.self) == text)
    #expect(try Google.`Any`(json: text, options: Self.decoding) == any)
  }

  @Test func `a message stands beside the name of its type`() throws {
    let leg = Node.Leg.with { $0.symbol = "AAPL" }
    try roundTrip(
      Google.`Any`(packing: leg), #"{"@type":"\#(Self.url).Node.Leg","symbol":"AAPL"}"#)
    try roundTrip(Google.`Any`(packing: Node.Leg()), #"{"@type":"\#(Self.url).Node.Leg"}"#)
    try roundTrip(
      Google.`Any`(packing: Google.Empty()),
      #"{"@type":"type.googleapis.com/google.protobuf.Empty"}"#)
    try roundTrip(Google.`Any`(), "{}")
  }

  @Test func `a message with a form of its own stands under value`() throws {
    let prefix = #"{"@type":"type.googleapis.com/google.protobuf."#
    try roundTrip(
      Google.`Any`(packing: Google.Duration(seconds: 1)), prefix + #"Duration","value":"1s"}"#)
    try roundTrip(
      Google.`Any`(packing: Google.Int64Value(0)), prefix + #"Int64Value","value":"0"}"#)
    let object: Google.Struct = ["a": nil]
    try roundTrip(Google.`Any`(packing: object), prefix + #"Struct","value":{"a":null}}"#)
    let null = Google.Value(.nullValue(.nullValue))
    try roundTrip(Google.`Any`(packing: null), prefix + #"Value","value":null}"#)
    try roundTrip(
      Google.`Any`(packing: Google.`Any`(packing: Google.BoolValue(true))),
      prefix + #"Any","value":"# + prefix + #"BoolValue","value":true}}"#)
  }

  @Test func `any lies in messages, in lists and in any`() throws {
    var node = Node.with { $0.nodeID = "inner" }
    for _ in 0..<3 {
      let outer = Node.with { $0.detail = Google.`Any`(packing: node) }
      node = outer
    }
    node.details = [Google.`Any`(packing: Node.Leg()), Google.`Any`()]
    let text = try node.validJSON(options: Self.encoding)
    #expect(try Node(json: text, options: Self.decoding) == node)
    let names = JSONEncodingOptions(
      preservingProtoFieldNames: true, printingDefaultValues: true, types: Self.types)
    #expect(try Node(json: node.validJSON(options: names), options: Self.decoding) == node)
  }

  @Test func `the type may stand anywhere and be written with escapes`() throws {
    let text = #"""
      { "nodeId" : "n", "detail" : { "symbol" : "X", "price" : "1" ,
        "\u0040type" : "\#(Self.url).Node.Leg" }, "left" : { "nodeId" : "l" } }
      """#
    let node = try Node(json: text, options: Self.decoding)
    let leg = try #require(try node.detail?.unpacked(as: Node.Leg.self))
    #expect(leg.symbol == "X")
    #expect(leg.price == 1)
    #expect(node.left?.nodeID == "l")
    // The name means nothing elsewhere.
    let inner = #"{"@type":"\#(Self.url).Node","left":{"@type":"x"}}"#
    let error = jsonError(Google.`Any`.self, inner, options: Self.decoding)
    #expect(error?.rule == .unknownField)
    #expect(error?.path == "left.@type")
  }

  @Test func `an unknown type is named, with what to do`() throws {
    let any = Google.`Any`(packing: Node.with { $0.nodeID = "n" })
    let node = Node.with { $0.details = [any] }
    let printed = jsonEncodingError(node)
    #expect(printed?.rule == .unknownType)
    #expect(printed?.path == "details[0].@type")
    #expect(printed?.value == "\(Self.url).Node")
    #expect(printed?.description.contains("TypeRegistry") == true)
    let text = #"{"details":[{"@type":"\#(Self.url).Node"}]}"#
    let read = jsonError(Node.self, text)
    #expect(read?.rule == .unknownType)
    #expect(read?.path == "details[0].@type")
    #expect(read?.description.contains("\(Self.url).Node") == true)
    #expect(read?.description.contains("TypeRegistry") == true)
    // A log still shows what there is.
    #expect(
      node.jsonString() == #"{"details":[{"@type":"\#(Self.url).Node","value":"CgFu"}]}"#)
  }

  @Test(arguments: [
    (#"{"nodeId":"n"}"#, JSONDecodingError.Rule.typeMismatch(expected: "an object with @type"), ""),
    (#"{"@type":"x"}"#, .typeMismatch(expected: "a URL that ends with a type"), "@type"),
    (#"{"@type":"x/"}"#, .typeMismatch(expected: "a URL that ends with a type"), "@type"),
    (#"{"@type":1}"#, .typeMismatch(expected: "a string"), "@type"),
    (#"{"@type":"a/b.C","@type":"a/b.C"}"#, .duplicateField, "@type"),
    ("[]", .typeMismatch(expected: "an object"), ""),
    (
      #"{"@type":"t/google.protobuf.Duration"}"#,
      .typeMismatch(expected: "an object with value"), ""
    ),
    (#"{"@type":"t/google.protobuf.Duration","value":"1s","x":1}"#, .unknownField, "x"),
    (
      #"{"@type":"t/google.protobuf.Duration","value":"1s","value":"1s"}"#, .duplicateField,
      "value"
    ),
    (#"{"@type":"t/google.protobuf.Duration","value":"1h"}"#, .invalidDuration, "value"),
    (#"{"@type":"t/alphintra.testing.v1.Node","x":1}"#, .unknownField, "x"),
  ])
  func `a malformed any is refused`(text: String, rule: JSONDecodingError.Rule, path: String) {
    let error = jsonError(Google.`Any`.self, text, options: Self.decoding)
    #expect(error?.rule == rule, "\(text): \(error.map(String.init(describing:)) ?? "read")")
    #expect(error?.path == path)
  }

  @Test func `bytes of another type and a missing type are refused`() {
    var any = Google.`Any`(packing: Node())
    any.value = [0xff]
    guard case .unreadable? = jsonEncodingError(any, options: Self.encoding)?.rule else {
      Issue.record("printed")
      return
    }
    any.typeURL = ""
    #expect(jsonEncodingError(any, options: Self.encoding)?.rule == .invalidTypeURL)
    any.typeURL = "Node"
    #expect(jsonEncodingError(any, options: Self.encoding)?.rule == .invalidTypeURL)
  }

  @Test func `any within any ends at the limit`() throws {
    let limit = Google.`Any`.maximumDepth
    func nested(_ depth: Int) -> Google.`Any` {
      var any = Google.`Any`(packing: Google.BoolValue(true))
      for _ in 1..<depth { any = Google.`Any`(packing: any) }
      return any
    }
    let text = try nested(limit).validJSON(options: Self.encoding)
    #expect(try Google.`Any`(json: text, options: Self.decoding) == nested(limit))
    #expect(jsonEncodingError(nested(limit + 1), options: Self.encoding)?.rule == .anyDepth)
    #expect(jsonEncodingError(nested(1_000), options: Self.encoding)?.rule == .anyDepth)
    let prefix = #"{"@type":"t/google.protobuf.Any","value":"#
    let deep =
      String(repeating: prefix, count: limit + 1) + "{}"
      + String(repeating: "}", count: limit + 1)
    let error = jsonError(Google.`Any`.self, deep, options: Self.decoding)
    #expect(error?.rule == .depthLimit(limit))
  }

  @Test func `unknown fields in any are skipped where the options say so`() throws {
    var options = Self.decoding
    options.ignoreUnknownFields = true
    let text = #"{"x":[1],"@type":"\#(Self.url).Node","nodeId":"n","y":{}}"#
    let any = try Google.`Any`(json: text, options: options)
    #expect(try any.unpacked(as: Node.self)?.nodeID == "n")
  }

  @Test func `a registry holds what it was given and the well-known types`() {
    #expect(Self.types["alphintra.testing.v1.Node.Leg"] != nil)
    #expect(TypeRegistry()["google.protobuf.StringValue"] != nil)
    #expect(TypeRegistry()["alphintra.testing.v1.Node"] == nil)
    #expect(TypeRegistry() != Self.types)
    #expect(TypeRegistry(TestingV1.messages.reversed()) == Self.types)
  }
}
