import Core
import GoldenKitchenSink
import Protobuf
import Testing

/// The golden kitchen sink is compiled: here it is used.
@Suite struct KitchenSinkTests {
  @Test func everyFieldSurvivesTheBinaryForm() throws {
    let sink = filledSink()
    let bytes = sink.serialized()
    #expect(try KitchenSinkV1.Sink(serialized: bytes) == sink)
  }

  @Test("every field survives JSON", arguments: [false, true])
  func everyFieldSurvivesJSON(protoNames: Bool) throws {
    var sink = filledSink()
    // The JSON form of Any needs the packed type, which the runtime does not know.
    sink.any = nil
    sink.anyByNumber = [:]
    let json = sink.json(options: JSONEncodingOptions(preservingProtoFieldNames: protoNames))
    #expect(try KitchenSinkV1.Sink(json: json) == sink)
  }

  @Test func jsonNamesFollowTheContract() throws {
    var sink = KitchenSinkV1.Sink()
    sink.callbackURL = "u"
    sink.orderIDs = ["a"]
    sink.json_ = "renamed"
    sink.color = .infrared
    #expect(
      sink.jsonString()
        == #"{"color":"INFRARED","text":"renamed","callbackUrl":"u","orderIds":["a"]}"#)
    #expect(
      sink.jsonString(options: JSONEncodingOptions(preservingProtoFieldNames: true))
        == #"{"color":"INFRARED","json":"renamed","callback_url":"u","order_ids":["a"]}"#)
  }

  @Test("members of a oneof replace each other, on the wire and in a value")
  func oneofHoldsOneMember() throws {
    var first = KitchenSinkV1.Sink()
    first.choice = .number(7)
    var second = KitchenSinkV1.Sink()
    second.choice = .shade(.green)
    let merged = try KitchenSinkV1.Sink(serialized: first.serialized() + second.serialized())
    #expect(merged.choice == .shade(.green))
  }

  @Test func messageInOneofIsMerged() throws {
    var first = KitchenSinkV1.Sink()
    first.choice = .again(.with { $0.int32Value = 1 })
    var second = KitchenSinkV1.Sink()
    second.choice = .again(.with { $0.stringValue = "two" })
    let merged = try KitchenSinkV1.Sink(serialized: first.serialized() + second.serialized())
    #expect(
      merged.choice
        == .again(
          .with {
            $0.int32Value = 1
            $0.stringValue = "two"
          }))
  }

  @Test("a oneof whose members stand apart is written in the order of the numbers")
  func splitOneof() throws {
    var sink = KitchenSinkV1.Sink()
    sink.between = 1
    sink.split = .left("l")
    #expect(sink.serialized() == [0xEA, 0x03, 1, 0x6C, 0xF0, 0x03, 1])
    sink.split = .right(Google.Timestamp())
    #expect(sink.serialized() == [0xF0, 0x03, 1, 0xFA, 0x03, 0])
  }

  @Test func packedAndUnpackedAreBothRead() throws {
    let unpacked = try KitchenSinkV1.Sink(serialized: [0xA0, 0x02, 1, 0xA0, 0x02, 2])
    let packed = try KitchenSinkV1.Sink(serialized: [0xA2, 0x02, 2, 1, 2])
    #expect(unpacked.unpacked == [1, 2])
    #expect(packed == unpacked)
    #expect(packed.serialized() == [0xA0, 0x02, 1, 0xA0, 0x02, 2])
  }

  @Test func valuesOfANewerContractAreKept() throws {
    let bytes: [UInt8] = [0x80, 0x01, 99, 0xC2, 0x3E, 1, 0x78]
    let sink = try KitchenSinkV1.Sink(serialized: bytes)
    #expect(sink.color == .unrecognized(99))
    #expect(sink.serialized() == bytes)
  }

  @Test func enumsHaveShortNamesAliasesAndNumbers() {
    #expect(KitchenSinkV1.Color.lime == .green)
    #expect(KitchenSinkV1.Color(jsonName: "LIME") == .green)
    #expect(KitchenSinkV1.Color(jsonName: "COLOR_INFRARED") == .infrared)
    #expect(KitchenSinkV1.Color(jsonName: "color_green") == nil)
    #expect(KitchenSinkV1.Color.infrared.rawValue == -1)
    #expect(KitchenSinkV1.Color.self_.jsonName == "SELF")
    #expect(KitchenSinkV1.Color(rawValue: 7) == .unrecognized(7))
    #expect(KitchenSinkV1.Color.enumName == "golden.kitchensink.v1.Color")
  }

  @Test func recursiveFieldsBehaveAsValues() {
    var outer = KitchenSinkV1.Sink()
    outer.sink = .with { $0.int32Value = 1 }
    let copy = outer
    outer.sink?.int32Value = 2
    #expect(copy.sink?.int32Value == 1)
    #expect(outer.sink?.int32Value == 2)
  }
}

/// A sink with a value in every field.
private func filledSink() -> KitchenSinkV1.Sink {
  typealias Sink = KitchenSinkV1.Sink
  return .with {
    $0.doubleValue = 1.5
    $0.floatValue = -2.25
    $0.int32Value = -3
    $0.int64Value = .min
    $0.uint32Value = .max
    $0.uint64Value = .max
    $0.sint32Value = -4
    $0.sint64Value = .min
    $0.fixed32Value = 5
    $0.fixed64Value = 6
    $0.sfixed32Value = -7
    $0.sfixed64Value = -8
    $0.boolValue = true
    $0.stringValue = "nine ✓"
    $0.bytesValue = [0, 255]
    $0.color = .infrared
    $0.textMessage = .with { $0.value = "ten" }
    $0.sink = .with { $0.sink = .with { $0.tag = 1 } }
    $0.optionalNumber = 0
    $0.optionalColor = .unspecified
    $0.optionalBytes = []
    $0.optionalMessage = KitchenSinkV1.StringMessage()
    $0.doubles = [0, 1.25]
    $0.deltas = [-1, 0, .max]
    $0.colors = [.green, .unrecognized(42)]
    $0.blobs = [[], [1]]
    $0.sinks = [Sink(), .with { $0.writer = 1 }]
    $0.unpacked = [1, 2]
    $0.decimals = [.zero, Decimal(exactly: 3) ?? .zero]
    $0.times = [.with { $0.seconds = 1_700_000_000 }]
    $0.labels = ["": "", "a": "b"]
    $0.sinkByNumber = [-1: .with { $0.reader = 2 }]
    $0.colorByFlag = [true: .lime]
    $0.decimalByNumber = [7: .zero]
    $0.anyByNumber = [1: .with { $0.typeURL = "type.googleapis.com/x" }]
    $0.choice = .amount(Decimal(exactly: -12) ?? .zero)
    $0.split = .left("")
    $0.between = 1
    $0.decimal = Decimal(exactly: 100)
    $0.any = .with { $0.typeURL = "type.googleapis.com/y" }
    $0.duration = .with { $0.seconds = -1 }
    $0.empty = Google.Empty()
    $0.mask = .with { $0.paths = ["a.b"] }
    $0.time = .with { $0.nanos = 1 }
    $0.wrapped = .with { $0.value = 0 }
    $0.class = "c"
    $0.self_ = "s"
    $0.init_ = "i"
    $0.unknownFields_ = "u"
    $0.json_ = "j"
    $0.object = 1
    $0.value = 2
    $0.size = 3
    $0.field = 4
    $0.callbackURL = "url"
    $0.orderIDs = ["1", "2"]
    $0.largeNumber = 1
  }
}
