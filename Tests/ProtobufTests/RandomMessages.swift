import Core
import Protobuf
import TestSupport
import TestingContract

/// Random messages: values at the edges of their types come up far more often than by chance.
struct MessageGenerator {
  var random: SeededGenerator
  /// More than one entry makes the binary form differ from run to run.
  let maximumMapEntries: Int
  /// protobuf-c loses what follows a zero byte in a string, and negative zeros.
  let avoidsZeroBytesAndNegativeZero: Bool
  /// How many of the fields that could be set are, in percent.
  var fill = 100

  init(
    seed: UInt64, maximumMapEntries: Int = 8, avoidsZeroBytesAndNegativeZero: Bool = false
  ) {
    random = SeededGenerator(seed: seed)
    self.maximumMapEntries = maximumMapEntries
    self.avoidsZeroBytesAndNegativeZero = avoidsZeroBytesAndNegativeZero
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  mutating func isSet(_ percent: Int) -> Bool { chance(percent) && (fill == 100 || chance(fill)) }
  mutating func count(_ limit: Int) -> Int {
    isSet(40) ? Int.random(in: 1...limit, using: &random) : 0
  }

  mutating func integer<T: FixedWidthInteger>() -> T {
    switch Int.random(in: 0..<4, using: &random) {
    case 0: [T.min, .max, 0, 1, T(truncatingIfNeeded: -1)].randomElement(using: &random) ?? 0
    case 1: T(truncatingIfNeeded: Int.random(in: -200...200, using: &random))
    default:
      T(truncatingIfNeeded: random.next()) >> T(Int.random(in: 0..<T.bitWidth, using: &random))
    }
  }

  mutating func double() -> Double {
    let value = anyDouble()
    return avoidsZeroBytesAndNegativeZero && value == 0 ? 0 : value
  }

  private mutating func anyDouble() -> Double {
    switch Int.random(in: 0..<4, using: &random) {
    case 0:
      [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1]
        .randomElement(using: &random) ?? 0
    case 1: Double(Int.random(in: -1000...1000, using: &random)) / 8
    default:
      Double(bitPattern: random.next()).isNaN ? 1 : Double.random(in: -1e9...1e9, using: &random)
    }
  }

  mutating func text() -> String {
    let palette = Array("aZ09 \"\\/\n\t\u{0}\u{1f}\u{7f}éß日本🦔\u{10ffff}\u{2028}_-.,:{}[]")
    let text = String((0..<count(20)).compactMap { _ in palette.randomElement(using: &random) })
    guard avoidsZeroBytesAndNegativeZero else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value == 0 ? "0" : $0 }))
  }

  mutating func bytes() -> [UInt8] {
    (0..<count(20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
  }

  mutating func decimal() -> Decimal {
    let digits = Int.random(in: 0...38, using: &random)
    let bound = (0..<digits).reduce(Int128(1)) { power, _ in power * 10 }
    let wide = Int128(bitPattern: UInt128(random.next()) << 64 | UInt128(random.next()))
    return Decimal(units: wide % bound) ?? .zero
  }

  mutating func timestamp() -> Google.Timestamp {
    Google.Timestamp(
      seconds: Int64.random(in: Google.Timestamp.range, using: &random), nanos: nanos())
  }

  mutating func duration() -> Google.Duration {
    let seconds = Int64.random(in: Google.Duration.range, using: &random)
    return Google.Duration(seconds: seconds, nanos: seconds < 0 ? -nanos() : nanos())
  }

  private mutating func nanos() -> Int32 {
    let unit: Int32 = [1, 1000, 1_000_000, 1_000_000_000].randomElement(using: &random) ?? 1
    return Int32.random(in: 0..<1_000_000_000, using: &random) / unit * unit
  }

  mutating func side() -> TestingV1.Side {
    chance(80)
      ? TestingV1.Side(rawValue: Int32.random(in: -1...3, using: &random))
      : .init(rawValue: integer())
  }

  mutating func scalars() -> TestingV1.Scalars {
    TestingV1.Scalars.with { m in
      if chance(50) { m.int32Value = integer() }
      if chance(50) { m.int64Value = integer() }
      if chance(50) { m.uint32Value = integer() }
      if chance(50) { m.uint64Value = integer() }
      if chance(50) { m.sint32Value = integer() }
      if chance(50) { m.sint64Value = integer() }
      if chance(50) { m.fixed32Value = integer() }
      if chance(50) { m.fixed64Value = integer() }
      if chance(50) { m.sfixed32Value = integer() }
      if chance(50) { m.sfixed64Value = integer() }
      if chance(50) { m.floatValue = Float(double()) }
      if chance(50) { m.doubleValue = double() }
      if chance(50) { m.boolValue = true }
      if chance(50) { m.stringValue = text() }
      if chance(50) { m.bytesValue = bytes() }
      if chance(50) { m.side = side() }
    }
  }

  mutating func list<T>(_ make: (inout MessageGenerator) -> T) -> [T] {
    (0..<count(8)).map { _ in make(&self) }
  }

  mutating func map<Key: Hashable, Value>(
    _ key: (inout MessageGenerator) -> Key, _ value: (inout MessageGenerator) -> Value
  ) -> [Key: Value] {
    let entries = (0..<count(maximumMapEntries)).map { _ in (key(&self), value(&self)) }
    return Dictionary(entries) { _, last in last }
  }

  mutating func collections() -> TestingV1.Collections {
    TestingV1.Collections.with { m in
      m.numbers = list { $0.integer() }
      m.deltas = list { $0.integer() }
      m.checks = list { $0.integer() }
      m.prices = list { $0.double() }
      m.flags = list { $0.chance(50) }
      m.sides = list { $0.side() }
      m.loose = list { $0.integer() }
      m.names = list { $0.text() }
      m.blobs = list { $0.bytes() }
      m.items = list { $0.scalars() }
      m.amounts = list { $0.decimal() }
      m.labels = map({ $0.text() }, { $0.text() })
      m.itemsByID = map({ $0.integer() }, { $0.scalars() })
      m.sidesByFlag = map({ $0.chance(50) }, { $0.side() })
      m.amountsByAsset = map({ $0.text() }, { $0.decimal() })
      m.weights = map({ $0.integer() }, { $0.double() })
    }
  }

  mutating func leg() -> TestingV1.Node.Leg {
    TestingV1.Node.Leg.with { m in
      m.symbol = text()
      if chance(50) { m.price = decimal() }
    }
  }

  mutating func node(depth: Int = 3) -> TestingV1.Node {
    TestingV1.Node.with { m in
      m.nodeID = text()
      if depth > 0, chance(40) { m.left = node(depth: depth - 1) }
      if depth > 0, chance(40) { m.right = node(depth: depth - 1) }
      if depth > 0 { m.children = (0..<count(2)).map { _ in node(depth: depth - 1) } }
      m.legs = list { $0.leg() }
      if chance(40) { m.optionalCount = integer() }
      if chance(40) { m.optionalText = text() }
      if chance(40) { m.optionalSide = side() }
      if chance(40) { m.optionalDouble = double() }
      if chance(40) { m.optionalBlob = bytes() }
      m.choice = choice(depth: depth)
      if chance(40) { m.price = decimal() }
      if chance(40) { m.createdAt = timestamp() }
      if chance(40) { m.timeout = duration() }
      if chance(40) { m.updateMask = Google.FieldMask(["a_b.c", "d"]) }
      if chance(40) { m.nothing = Google.Empty() }
      if chance(40) { m.nickname = Google.StringValue(text()) }
      if chance(40) { m.limit = Google.Int64Value(integer()) }
      m.isLast = chance(50)
    }
  }

  private mutating func choice(depth: Int) -> TestingV1.Node.Choice? {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: .count(integer())
    case 1: .text(text())
    case 2: .blob(bytes())
    case 3: .direction(side())
    case 4: .leg(leg())
    case 5: depth > 0 ? .child(node(depth: depth - 1)) : nil
    case 6: .amount(decimal())
    default: nil
    }
  }
}
