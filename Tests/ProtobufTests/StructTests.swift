import Protobuf
import Testing
import TestingContract

@Suite struct StructTests {
  typealias Node = TestingV1.Node

  static let settings: Google.Struct = [
    "theme": "dark", "size": 1.5, "count": 3, "isOn": true, "none": nil,
    "tags": ["a", ["b": []]], "more": ["deep": [:]],
  ]
  static let text =
    #"{"count":3,"isOn":true,"more":{"deep":{}},"none":null,"size":1.5,"#
    + #""tags":["a",{"b":[]}],"theme":"dark"}"#

  @Test func `a struct is a JSON object, a list an array, a value anything`() throws {
    #expect(Self.settings.jsonString() == Self.text)
    #expect(try Google.Struct(json: Self.text) == Self.settings)
    #expect(try Google.Struct(serialized: Self.settings.serialized()) == Self.settings)
    let list: Google.ListValue = [1, "x", nil, false, [2], ["k": "v"]]
    #expect(list.jsonString() == #"[1,"x",null,false,[2],{"k":"v"}]"#)
    #expect(try Google.ListValue(json: list.json()) == list)
    #expect(try Google.ListValue(serialized: list.serialized()) == list)
    for value in list.values {
      #expect(try Google.Value(json: value.json()) == value)
      #expect(try Google.Value(serialized: value.serialized()) == value)
    }
    #expect(Self.settings["theme"] == "dark")
  }

  @Test func `the wire is that of struct.proto`() {
    #expect(Google.Value(.nullValue(.nullValue)).serialized() == hex("08 00"))
    #expect(Google.Value(.boolValue(false)).serialized() == hex("20 00"))
    #expect(Google.Value(.stringValue("")).serialized() == hex("1a 00"))
    let object: Google.Struct = ["a": 1]
    #expect(object.serialized() == hex("0a 0e 0a 01 61 12 09 11 000000000000f03f"))
  }

  @Test func `null is a value where a value is wanted, and no field elsewhere`() throws {
    let node = try Node(json: #"{"value":null,"nothingAtAll":null,"settings":null,"list":null}"#)
    #expect(node.value == Google.Value(.nullValue(.nullValue)))
    #expect(node.nothingAtAll == .nullValue)
    #expect(node.settings == nil)
    #expect(node.list == nil)
    #expect(node.jsonString() == #"{"value":null,"nothingAtAll":null}"#)
    #expect(try Node(json: #"{"nothingAtAll":"NULL_VALUE"}"#).nothingAtAll == .nullValue)
    #expect(try Node(json: #"{"nothingAtAll":0}"#).nothingAtAll == .nullValue)
    let sink = try TestingV1.KitchenSink(json: #"{"choiceNull":null,"valueByString":{"a":null}}"#)
    #expect(sink.choice == .choiceNull(.nullValue))
    #expect(sink.valueByString == ["a": nil as Google.Value])
    let twice = #"{"choiceNull":null,"choiceValue":null}"#
    #expect(
      jsonError(TestingV1.KitchenSink.self, twice)?.rule == .oneofConflict(oneof: "choice"))
  }

  @Test func `errors inside name the way`() {
    let duplicate = #"{"settings":{"a":{"b":1,"b":2}}}"#
    #expect(jsonError(Node.self, duplicate)?.rule == .duplicateField)
    #expect(jsonError(Node.self, duplicate)?.path == "settings.a.b")
    #expect(jsonError(Node.self, #"{"list":[1,[tru]]}"#)?.path == "list[1][0]")
    #expect(jsonError(Node.self, #"{"settings":[]}"#)?.rule == .typeMismatch(expected: "an object"))
    #expect(jsonError(Node.self, #"{"list":{}}"#)?.rule == .typeMismatch(expected: "an array"))
    let deep = #"{"list":"# + String(repeating: "[", count: 1000)
    #expect(jsonError(Node.self, deep)?.rule == .depthLimit(100))
  }

  @Test func `a later kind replaces an earlier one, of the same kind it is merged`() throws {
    let first = Google.Value(.structValue(["a": 1])).serialized()
    let second = Google.Value(.structValue(["b": 2])).serialized()
    let merged = try Google.Value(serialized: first + second)
    #expect(merged == Google.Value(.structValue(["a": 1, "b": 2])))
    let last = Google.Value(.boolValue(true)).serialized()
    #expect(try Google.Value(serialized: first + last) == true)
  }

  @Test func `what has no JSON form is named, or printed as null`() {
    var node = Node()
    node.list = [1, ["x": Google.Value(.numberValue(.nan))]]
    #expect(node.jsonString() == #"{"list":[1,{"x":null}]}"#)
    let error = jsonEncodingError(node)
    #expect(error?.rule == .notFinite)
    #expect(error?.path == "list[1].x")
    node.list = nil
    node.left = .with { $0.value = Google.Value() }
    #expect(
      jsonEncodingError(node)?.description == "left.value: a google.protobuf.Value of no kind")
    node.left = nil
    node.createdAt = Google.Timestamp(seconds: .max)
    #expect(jsonEncodingError(node)?.rule == .invalidTimestamp)
    #expect(jsonEncodingError(node)?.path == "createdAt")
    node.createdAt = nil
    node.timeout = Google.Duration(seconds: 1, nanos: -1)
    #expect(jsonEncodingError(node)?.rule == .invalidDuration)
    node.timeout = nil
    node.updateMask = Google.FieldMask(["a", "b__c"])
    #expect(jsonEncodingError(node)?.rule == .invalidFieldMask)
    #expect(jsonEncodingError(node)?.value == "b__c")
    node.updateMask = nil
    #expect(jsonEncodingError(node) == nil)
  }
}
