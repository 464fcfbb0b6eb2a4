import Protobuf
import Testing
import TestingContract

@Suite struct JSONObjectTests {
  typealias Scalars = TestingV1.Scalars
  typealias Collections = TestingV1.Collections
  typealias Node = TestingV1.Node

  @Test func `fields come in any order and under either name`() throws {
    let message = Scalars.with { ($0.int32Value, $0.stringValue, $0.side) = (1, "a", .buy) }
    for json in [
      #"{"int32Value":1,"stringValue":"a","side":"BUY"}"#,
      #"{"side":"BUY","string_value":"a","int32_value":1}"#,
      " {\t\"side\" :\r\n\"BUY\" , \"stringValue\":\"a\",\"int32_value\": 1 } ",
      #"{"int32\u0056alue":1,"stringValue":"a","side":"BUY"}"#,
    ] {
      #expect(try Scalars(json: json) == message)
    }
  }

  @Test(arguments: [
    ("", "a value"), (" ", "an object"), ("{", "a name"), ("{\"int32Value\"", "a colon"),
    ("{\"int32Value\":1", "a comma or }"), ("{\"int32Value\":1,", "a name"),
    ("{\"int32Value\":1,}", "a name"), ("{,}", "a name"), ("{\"int32Value\":}", "an integer"),
    ("{\"int32Value\" 1}", "a colon"), ("{int32Value:1}", "a name"), ("{}x", "the end"),
    ("{} {}", "the end"), ("{\"int32Value\":1 \"side\":1}", "a comma or }"),
    ("\u{feff}{}", "an object"), ("{\"int32Value\":1]", "a comma or }"),
  ])
  func `refuses what is not JSON`(text: String, expected: String) {
    #expect(jsonError(Scalars.self, text)?.rule == .syntax(expected: expected))
  }

  @Test func `a top level of another kind is a mismatch`() {
    for text in ["[]", "1", "\"a\"", "null", "true"] {
      #expect(jsonError(Scalars.self, text)?.rule == .typeMismatch(expected: "an object"))
    }
  }

  @Test func `a field set twice is refused, under either name`() {
    for json in [
      #"{"int32Value":1,"int32Value":1}"#, #"{"int32Value":1,"int32_value":1}"#,
      #"{"int32Value":null,"int32Value":1}"#, #"{"int32Value":1,"side":1,"int32_value":null}"#,
    ] {
      let error = jsonError(Scalars.self, json)
      #expect(error?.rule == .duplicateField)
      #expect(error?.path.hasPrefix("int32") == true)
    }
  }

  @Test func `two members of a oneof are refused unless one is null`() throws {
    let error = jsonError(Node.self, #"{"count":1,"nodeId":"n","text":"a"}"#)
    #expect(error?.rule == .oneofConflict(oneof: "choice"))
    #expect(error?.path == "text")
    #expect(try Node(json: #"{"count":null,"text":"a","leg":null}"#).choice == .text("a"))
    #expect(try Node(json: #"{"count":0}"#).choice == .count(0))
    #expect(Node.with { $0.choice = .count(0) }.jsonString() == #"{"count":0}"#)
    #expect(Node.with { $0.choice = .text("") }.jsonString() == #"{"text":""}"#)
    #expect(try Node(json: #"{"direction":"SELL"}"#).choice == .direction(.sell))
  }

  @Test func `null is every field's default`() throws {
    let names = Node.names + Collections.names + Scalars.names
    #expect(names.count > 50)
    func object(_ names: [String]) -> String {
      "{" + names.map { "\"\($0)\":null" }.joined(separator: ",") + "}"
    }
    #expect(try Node(json: object(Node.names)) == Node())
    #expect(try Collections(json: object(Collections.names)) == Collections())
    #expect(try Scalars(json: object(Scalars.names)) == Scalars())
  }

  @Test func `null is no element`() {
    for (json, path) in [
      (#"{"names":[null]}"#, "names[0]"), (#"{"items":[{},null]}"#, "items[1]"),
      (#"{"labels":{"a":null}}"#, "labels.a"), (#"{"sides":[1,null]}"#, "sides[1]"),
      (#"{"itemsById":{"1":null}}"#, "itemsById.1"), (#"{"amounts":[null]}"#, "amounts[0]"),
    ] {
      let error = jsonError(Collections.self, json)
      #expect(error?.path == path)
      guard case .typeMismatch = error?.rule else {
        Issue.record("\(json): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func `an unknown field is refused by its path, or skipped when asked`() throws {
    let json = #"{"legs":[{"symbol":"A","oops":{"a":[1,"x",null,true,{"b":-1.5e3}]}}]}"#
    let error = jsonError(Node.self, json)
    #expect(error?.rule == .unknownField)
    #expect(error?.path == "legs[0].oops")
    let options = JSONDecodingOptions(ignoreUnknownFields: true)
    #expect(try Node(json: json, options: options).legs == [.with { $0.symbol = "A" }])
    for broken in [
      "{\"oops\":[1,]}", "{\"oops\":{1:2}}", "{\"oops\":01}", "{\"oops\":tru}",
      "{\"oops\":\"\\x\"}",
    ] {
      #expect(throws: JSONDecodingError.self) { try Node(json: broken, options: options) }
    }
  }

  @Test func `unknown names of enumerations are skipped when asked`() throws {
    let options = JSONDecodingOptions(ignoreUnknownFields: true)
    let node = try Node(
      json: #"{"optionalSide":"HOLD","direction":"HOLD","nodeId":"n"}"#, options: options)
    #expect(node == Node.with { $0.nodeID = "n" })
    let collections = try Collections(
      json: #"{"sides":["BUY","HOLD","SELL"],"sidesByFlag":{"true":"HOLD","false":"BUY"}}"#,
      options: options)
    #expect(collections.sides == [.buy, .sell])
    #expect(collections.sidesByFlag == [false: .buy])
  }

  @Test func `maps are sorted by key and refuse a key twice`() throws {
    let message = Collections.with { m in
      m.labels = ["b": "2", "a": "1", "é": "3", "aa": "4", "": "0"]
      m.itemsByID = [10: Scalars(), -1: Scalars(), 9: Scalars()]
      m.sidesByFlag = [true: .buy, false: .sell]
      m.weights = [1: 0.5]
    }
    #expect(
      message.jsonString() == #"{"labels":{"":"0","a":"1","aa":"4","b":"2","é":"3"},"#
        + #""itemsById":{"-1":{},"9":{},"10":{}},"sidesByFlag":{"false":"SELL","true":"BUY"},"#
        + #""weights":{"1":0.5}}"#)
    #expect(try Collections(json: message.json()) == message)
    for json in [
      #"{"labels":{"a":"1","b":"2","a":"1"}}"#, #"{"itemsById":{"1":{},"1":{}}}"#,
      #"{"itemsById":{"1":{},"1.0":{}}}"#, #"{"sidesByFlag":{"true":1,"true":2}}"#,
      #"{"labels":{"a":"1","\u0061":"2"}}"#,
    ] {
      #expect(jsonError(Collections.self, json)?.rule == .duplicateField)
    }
  }

  @Test func `keys of maps are checked`() {
    for (json, path) in [
      (#"{"itemsById":{"x":{}}}"#, "itemsById"), (#"{"sidesByFlag":{"1":1}}"#, "sidesByFlag"),
      (#"{"weights":{"2147483648":1}}"#, "weights"), (#"{"labels":{1:"a"}}"#, "labels"),
      (#"{"labels":["a"]}"#, "labels"), (#"{"names":{"a":1}}"#, "names"),
      (#"{"names":"a"}"#, "names"),
    ] {
      #expect(jsonError(Collections.self, json)?.path == path, "\(json)")
    }
  }

  @Test func `a text has a limit of bytes`() throws {
    let json = #"{"stringValue":"\#(String(repeating: "a", count: 100))"}"#
    let exact = JSONDecodingOptions(maximumSize: json.utf8.count)
    #expect(try Scalars(json: json, options: exact).stringValue.count == 100)
    let tight = JSONDecodingOptions(maximumSize: json.utf8.count - 1)
    #expect(jsonError(Scalars.self, json, options: tight)?.rule == .sizeLimit(json.utf8.count - 1))
    #expect(JSONDecodingOptions().maximumSize == JSONDecodingOptions.defaultMaximumSize)
  }

  @Test func `an error repeats only the start of long names and values`() throws {
    let long = String(repeating: "x", count: 100_000)
    let name = try #require(jsonError(Scalars.self, #"{"\#(long)":1}"#))
    #expect(name.path.count == JSONDecodingError.longestQuotedText + 1)
    let value = try #require(jsonError(Scalars.self, #"{"int32Value":"\#(long)"}"#))
    #expect(value.value.count == JSONDecodingError.longestQuotedText + 1)
    #expect(value.description.utf8.count < 200)
  }

  @Test func `an error tells where`() throws {
    let error = try #require(
      jsonError(Node.self, #"{"legs":[{"price":"1"},{"symbol":"}],{","price":[]}]}"#))
    #expect(error.path == "legs[1].price")
    #expect(error.offset == 48)
    #expect(error.value == "[")
    #expect(error.description == "legs[1].price: a decimal expected, found [")
    let end = try #require(jsonError(Node.self, #"{"left":{"right":{"nodeId":"a""#))
    #expect(end.description == "left.right.nodeId: not JSON, a comma or } expected, found the end")
    let top = try #require(jsonError(Node.self, "]"))
    #expect(top.description == "byte 0: not JSON, an object expected, found ]")
  }
}

extension TestingV1.Node {
  fileprivate static let names = [
    "nodeId", "left", "right", "children", "legs", "optionalCount", "optionalText",
    "optionalSide", "optionalDouble", "optionalBlob", "count", "text", "blob", "direction", "leg",
    "child", "amount", "price", "createdAt", "timeout", "updateMask", "nothing", "nickname",
    "limit", "detail", "isLast",
  ]
}

extension TestingV1.Collections {
  fileprivate static let names = [
    "numbers", "deltas", "checks", "prices", "flags", "sides", "loose", "names", "blobs", "items",
    "amounts", "labels", "itemsById", "sidesByFlag", "amountsByAsset", "weights",
  ]
}

extension TestingV1.Scalars {
  fileprivate static let names = [
    "int32Value", "int64Value", "uint32Value", "uint64Value", "sint32Value", "sint64Value",
    "fixed32Value", "fixed64Value", "sfixed32Value", "sfixed64Value", "floatValue", "doubleValue",
    "boolValue", "stringValue", "bytesValue", "side",
  ]
}
