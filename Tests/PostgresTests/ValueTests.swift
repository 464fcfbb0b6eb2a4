import Core
import Postgres
import TestSupport
import Testing

/// Every value goes to a real server and comes back as it was, and the server read it as we mean it.
@Suite(.timeLimit(.minutes(5))) struct ValueTests {
  private static let cases = 2_000
  private let database: TestDatabase

  init() async throws { database = try await TestDatabase.make() }

  private var pool: PostgresPool { database.pool }

  @Test(arguments: [1, 2, 3] as [UInt64]) func decimalsAreExactBothWays(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var values: [Decimal] = [.zero, .one, .max, .min]
    for _ in 0..<Self.cases {
      // Of every length: digits drawn evenly would almost all be long.
      let shift = Int.random(in: 0..<127, using: &random)
      let magnitude = UInt128.random(in: 0...UInt128.max, using: &random) >> UInt128(shift + 1)
      let sign: Int128 = Bool.random(using: &random) ? 1 : -1
      if let value = Decimal(units: sign * Int128(magnitude)) { values.append(value) }
    }
    let texts = values.map(\.description)
    let rows = try await pool.query(
      """
      SELECT sent, sent::numeric(38,18) AS stored, sent = written::numeric AS is_same,
        written::numeric AS read
      FROM unnest(\(values), \(texts)::text[]) AS t (sent, written)
      """)
    #expect(rows.count == values.count)
    for (value, row) in zip(values, rows) {
      #expect(try row.decode(Decimal.self, "sent") == value)
      #expect(try row.decode(Decimal.self, "stored") == value)
      #expect(try row.decode(Decimal.self, "read") == value)
      #expect(try row.decode(Bool.self, "is_same"), "\(value)")
    }
  }

  @Test(arguments: [
    "NaN", "Infinity", "-Infinity", "100000000000000000000", "0.0000000000000000001",
  ])
  func aNumberThatDoesNotFitIsRefused(text: String) async throws {
    let row = try await pool.query("SELECT \(text)::numeric AS n").one()
    #expect(throws: PostgresError.self) { try row.decode(Decimal.self, "n") }
  }

  @Test(arguments: [1, 2, 3] as [UInt64]) func textIsKeptToTheLetter(seed: UInt64) async throws {
    var random = SeededGenerator(seed: seed)
    var values = [
      "", "NULL", "null", "\"", "\\", "{}", "a,b", "{\"a\",NULL}", " ", "\u{1F4B6}\n\t'",
    ]
    for _ in 0..<Self.cases {
      var text = ""
      for _ in 0..<Int.random(in: 0..<20, using: &random) {
        let limit: UInt32 = Bool.random(using: &random) ? 0x7f : 0x10_ffff
        if let scalar = Unicode.Scalar(UInt32.random(in: 1...limit, using: &random)) {
          text.unicodeScalars.append(scalar)
        }
      }
      values.append(text)
    }
    let rows = try await pool.query(
      """
      SELECT t, convert_to(t, 'UTF8') AS bytes, array[t, NULL, t] AS pair
      FROM unnest(\(values)::text[]) AS t
      """)
    #expect(rows.count == values.count)
    for (value, row) in zip(values, rows) {
      let text = try row.decode(String.self, "t")
      #expect(Array(text.utf8) == Array(value.utf8))
      #expect(try row.decode([UInt8].self, "bytes") == Array(value.utf8))
      #expect(try row.decode([String?].self, "pair") == [value, nil, value])
    }
    let alone = try await pool.query("SELECT \(values[7])::text AS t").one()
    #expect(try alone.decode(String.self, "t") == values[7])
  }

  @Test func bytesAreKept() async throws {
    var random = SeededGenerator(seed: 4)
    let values: [[UInt8]] = (0..<300).map { length in
      (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
    let rows = try await pool.query(
      "SELECT b, octet_length(b)::int8 AS n FROM unnest(\(values)) AS b")
    #expect(try rows.map { try $0.decode([UInt8].self, "b") } == values)
    #expect(try rows.map { try $0.decode(Int.self, "n") } == values.map(\.count))
    let one = try await pool.query("SELECT \(values[299]) AS b").one()
    #expect(try one.decode([UInt8].self, "b") == values[299])
  }

  @Test func integersAndTruthAreKept() async throws {
    let row = try await pool.query(
      """
      SELECT \(Int64.min) AS a, \(Int64.max) AS b, \(Int32.min) AS c, \(Int32.max) AS d,
        \(Int16.min) AS e, \(Int16.max) AS f, \(true) AS g, \(false) AS h, \(Int?.none) AS i,
        \([1, -1, .max]) AS j, \([true, false]) AS k
      """
    ).one()
    #expect(try row.decode(Int64.self, "a") == .min)
    #expect(try row.decode(Int64.self, "b") == .max)
    #expect(try row.decode(Int32.self, "c") == .min)
    #expect(try row.decode(Int32.self, "d") == .max)
    #expect(try row.decode(Int16.self, "e") == .min)
    #expect(try row.decode(Int16.self, "f") == .max)
    #expect(try row.decode(Bool.self, "g"))
    #expect(try !row.decode(Bool.self, "h"))
    #expect(try row.decode(Int?.self, "i") == nil)
    #expect(try row.decode([Int].self, "j") == [1, -1, .max])
    #expect(try row.decode([Bool].self, "k") == [true, false])
    #expect(throws: PostgresError.self) { try row.decode(Int32.self, "b") }
    #expect(throws: PostgresError.self) { try row.decode(Int.self, "i") }
    #expect(throws: PostgresError.self) { try row.decode(String.self, "a") }
  }

  @Test func instantsAreKeptToTheMicrosecond() async throws {
    var random = SeededGenerator(seed: 5)
    let year: Int64 = 31_556_952_000_000
    let values = (0..<Self.cases).map { _ in
      Instant(microseconds: Int64.random(in: -1_900 * year...7_000 * year, using: &random))
    }
    let rows = try await pool.query(
      """
      SELECT t, t = written::timestamptz AS is_same
      FROM unnest(\(values), \(values.map(\.description))::text[]) AS v (t, written)
      """)
    for (value, row) in zip(values, rows) {
      #expect(try row.decode(Instant.self, "t") == value)
      #expect(try row.decode(Bool.self, "is_same"), "\(value)")
    }
    let endless = try await pool.query("SELECT 'infinity'::timestamptz AS t").one()
    #expect(throws: PostgresError.self) { try endless.decode(Instant.self, "t") }
  }

  private enum Side: String, PostgresCodable { case buy, sell }

  @Test func identifiersEnumsAndDocumentsAreKept() async throws {
    let id = OrderID(UUIDv7.make(now: SystemClock().now))
    try await pool.execute("CREATE TYPE side AS ENUM ('buy', 'sell')")
    let row = try await pool.query(
      """
      SELECT \(id)::uuid AS id, \(id)::text AS text, \(Side.sell)::side AS side,
        \("{\"a\": 1}")::jsonb AS document, \(try Price(Decimal(7)))::numeric AS price,
        \(try Quantity(Decimal(3)))::numeric AS quantity
      """
    ).one()
    #expect(try row.decode(OrderID.self, "id") == id)
    #expect(try row.decode(OrderID.self, "text") == id)
    #expect(try row.decode(Side.self, "side") == .sell)
    #expect(try row.decode(String.self, "document") == "{\"a\": 1}")
    #expect(try row.decode(Price.self, "price") == Price(Decimal(7)))
    #expect(try row.decode(Quantity.self, "quantity") == Quantity(Decimal(3)))
  }

  @Test func aTextWithNULIsNeverSent() async throws {
    await #expect {
      try await pool.query("SELECT \("a\0b")::text")
    } throws: {
      ($0 as? PostgresError)?.code == .invalidParameter
    }
  }
}
