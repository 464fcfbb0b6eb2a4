import Core
import Protobuf
import TestSupport
import TestingContract

extension MessageGenerator {
  mutating func color() -> TestingV1.Color {
    chance(80)
      ? TestingV1.Color(rawValue: Int32.random(in: -1...3, using: &random))
      : TestingV1.Color(rawValue: integer())
  }

  mutating func nested(depth: Int = 2) -> TestingV1.KitchenSink.Nested {
    TestingV1.KitchenSink.Nested.with { m in
      m.name = text()
      if depth > 0 { m.children = (0..<count(2)).map { _ in nested(depth: depth - 1) } }
      m.kind = TestingV1.KitchenSink.Nested.Kind(rawValue: Int32.random(in: 0...2, using: &random))
    }
  }

  /// A message in which any field may be set, to values at the edges of its type.
  mutating func kitchenSink(depth: Int = 2) -> TestingV1.KitchenSink {
    TestingV1.KitchenSink.with { m in
      fillScalars(&m)
      fillOptionals(&m)
      fillRepeated(&m)
      fillMaps(&m)
      fillWellKnownTypes(&m)
      fillValues(&m)
      if isSet(40) { m.nested = nested() }
      if depth > 0, isSet(40) { m.self_ = kitchenSink(depth: depth - 1) }
      m.choice = choice(depth: depth)
    }
  }

  private mutating func fillScalars(_ m: inout TestingV1.KitchenSink) {
    if isSet(50) { m.doubleValue = double() }
    if isSet(50) { m.floatValue = Float(double()) }
    if isSet(50) { m.int32Value = integer() }
    if isSet(50) { m.int64Value = integer() }
    if isSet(50) { m.uint32Value = integer() }
    if isSet(50) { m.uint64Value = integer() }
    if isSet(50) { m.sint32Value = integer() }
    if isSet(50) { m.sint64Value = integer() }
    if isSet(50) { m.fixed32Value = integer() }
    if isSet(50) { m.fixed64Value = integer() }
    if isSet(50) { m.sfixed32Value = integer() }
    if isSet(50) { m.sfixed64Value = integer() }
    if isSet(50) { m.boolValue = true }
    if isSet(50) { m.stringValue = text() }
    if isSet(50) { m.bytesValue = bytes() }
    if isSet(50) { m.color = color() }
    if isSet(50) { m.class = text() }
    if isSet(50) { m.selfDescription = text() }
    if isSet(50) { m.jsonRenamed = integer() }
    if isSet(50) { m.largeNumber = integer() }
  }

  private mutating func fillOptionals(_ m: inout TestingV1.KitchenSink) {
    if isSet(40) { m.optionalInt32 = chance(50) ? 0 : integer() }
    if isSet(40) { m.optionalString = text() }
    if isSet(40) { m.optionalBytes = bytes() }
    if isSet(40) { m.optionalBool = chance(50) }
    if isSet(40) { m.optionalColor = color() }
    if isSet(40) { m.optionalDouble = double() }
  }

  private mutating func fillRepeated(_ m: inout TestingV1.KitchenSink) {
    m.doubles = list { $0.double() }
    m.floats = list { Float($0.double()) }
    m.int32s = list { $0.integer() }
    m.int64s = list { $0.integer() }
    m.uint32s = list { $0.integer() }
    m.uint64s = list { $0.integer() }
    m.sint32s = list { $0.integer() }
    m.sint64s = list { $0.integer() }
    m.fixed32s = list { $0.integer() }
    m.fixed64s = list { $0.integer() }
    m.sfixed32s = list { $0.integer() }
    m.sfixed64s = list { $0.integer() }
    m.bools = list { $0.chance(50) }
    m.strings = list { $0.text() }
    m.byteStrings = list { $0.bytes() }
    m.colors = list { $0.color() }
    m.nesteds = list { $0.nested() }
    m.unpackedInt32s = list { $0.integer() }
    m.unpackedColors = list { $0.color() }
  }

  private mutating func fillMaps(_ m: inout TestingV1.KitchenSink) {
    m.stringByString = map({ $0.text() }, { $0.text() })
    m.nestedByInt32 = map({ $0.integer() }, { $0.nested() })
    m.colorByBool = map({ $0.chance(50) }, { $0.color() })
    m.doubleBySint64 = map({ $0.integer() }, { $0.double() })
    m.bytesByFixed32 = map({ $0.integer() }, { $0.bytes() })
    m.decimalByUint64 = map({ $0.integer() }, { $0.decimal() })
  }

  private mutating func fillWellKnownTypes(_ m: inout TestingV1.KitchenSink) {
    if isSet(40) { m.timestamp = timestamp() }
    if isSet(40) { m.duration = duration() }
    if isSet(40) { m.fieldMask = Google.FieldMask(["order_id", "legs.unit_price", "x"]) }
    if isSet(40) { m.empty = Google.Empty() }
    if isSet(40) { m.wrappedString = Google.StringValue(text()) }
    if isSet(40) { m.wrappedInt64 = Google.Int64Value(integer()) }
    if isSet(40) { m.wrappedBool = Google.BoolValue(chance(50)) }
    if isSet(40) { m.wrappedDouble = Google.DoubleValue(double()) }
    if isSet(40) { m.wrappedBytes = Google.BytesValue(bytes()) }
    if isSet(40) { m.wrappedUint32 = Google.UInt32Value(integer()) }
    if isSet(40) { m.decimal = decimal() }
    m.decimals = list { $0.decimal() }
    m.timestamps = list { $0.timestamp() }
  }

  private mutating func fillValues(_ m: inout TestingV1.KitchenSink) {
    if isSet(20) { m.struct = structure() }
    if isSet(20) { m.anyValue = value() }
    if isSet(20) { m.listValue = Google.ListValue(list { $0.value(depth: 1) }) }
    if isSet(20) { m.any = any() }
    if isSet(20) { m.anys = list { $0.any() } }
    if isSet(20) { m.valueByString = map({ $0.text() }, { $0.value(depth: 1) }) }
    if isSet(20) { m.nullValue = .nullValue }
  }

  mutating func structure(depth: Int = 2) -> Google.Struct {
    Google.Struct(map({ $0.text() }, { $0.value(depth: depth - 1) }))
  }

  mutating func value(depth: Int = 2) -> Google.Value {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
    case 0: nil
    case 1: Google.Value(.numberValue(finite()))
    case 2: Google.Value(.stringValue(text()))
    case 3: Google.Value(.boolValue(chance(50)))
    case 4: Google.Value(.structValue(structure(depth: depth - 1)))
    default: Google.Value(.listValue(Google.ListValue(list { $0.value(depth: depth - 1) })))
    }
  }

  private mutating func finite() -> Double {
    let number = double()
    // Python reads `-0` as the integer, which has no sign.
    return number.isFinite ? number + 0.0 : 0.5
  }

  /// What both sides know: messages of the contract and the well-known types.
  mutating func any() -> Google.`Any` {
    switch Int.random(in: 0..<7, using: &random) {
    case 0: Google.`Any`()
    case 1: Google.`Any`(packing: nested())
    case 2: Google.`Any`(packing: timestamp())
    case 3: Google.`Any`(packing: Google.StringValue(text()))
    // More than one entry would make the bytes differ from run to run.
    case 4: Google.`Any`(packing: Google.Struct([text(): Google.Value(.numberValue(finite()))]))
    case 5: Google.`Any`(packing: Google.`Any`(packing: duration()))
    default: Google.`Any`(packing: Google.Empty())
    }
  }

  private mutating func choice(depth: Int) -> TestingV1.KitchenSink.Choice? {
    switch Int.random(in: 0..<11, using: &random) {
    case 0: .choiceInt32(integer())
    case 1: .choiceString(text())
    case 2: .choiceBytes(bytes())
    case 3: .choiceColor(color())
    case 4: .choiceNested(nested())
    case 5: depth > 0 ? .choiceSelf(kitchenSink(depth: depth - 1)) : nil
    case 6: .choiceDecimal(decimal())
    case 7: .choiceEmpty(Google.Empty())
    case 8: .choiceNull(.nullValue)
    case 9: .choiceValue(value())
    default: nil
    }
  }
}
