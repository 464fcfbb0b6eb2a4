import Gzip
import TestSupport
import Testing

@Suite("Gzip")
struct GzipTests {
  /// `printf 'hello, alphintra\n' | gzip -n9`, from GNU gzip: bytes zlib's caller did not make.
  static let hello: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x48, 0xcd, 0xc9,
    0xc9, 0xd7, 0x51, 0x48, 0xcc, 0x29, 0xc8, 0xc8, 0xcc, 0x2b, 0x29, 0x4a, 0xe4, 0x02,
    0x00, 0x25, 0x7c, 0x5c, 0xba, 0x11, 0x00, 0x00, 0x00,
  ]
  static let helloText = Array("hello, alphintra\n".utf8)

  @Test("a member inflates to its text")
  func oneMember() throws {
    #expect(try Gzip.inflate(Self.hello, byteLimit: 100) == Self.helloText)
  }

  @Test("concatenated members are joined")
  func twoMembers() throws {
    let joined = try Gzip.inflate(Self.hello + Self.hello, byteLimit: 100)
    #expect(joined == Self.helloText + Self.helloText)
  }

  @Test("the limit is exact")
  func limit() throws {
    let count = Self.helloText.count
    #expect(try Gzip.inflate(Self.hello, byteLimit: count).count == count)
    #expect(throws: GzipError.tooLarge(byteLimit: count - 1)) {
      try Gzip.inflate(Self.hello, byteLimit: count - 1)
    }
  }

  @Test("every proper prefix is refused as truncated")
  func truncated() {
    for length in 0..<Self.hello.count {
      #expect(throws: GzipError.truncated(offset: length)) {
        try Gzip.inflate(Array(Self.hello.prefix(length)), byteLimit: 100)
      }
    }
  }

  @Test("a flipped bit never changes the text: it is refused, or was padding")
  func corrupt() {
    // Bytes 4–9 of the header (time, flags of the compressor, system) carry no content.
    var accepted = 0
    for index in Self.hello.indices where !(4...9).contains(index) {
      var damaged = Self.hello
      damaged[index] ^= 0x40
      guard let text = try? Gzip.inflate(damaged, byteLimit: 1000) else { continue }
      #expect(text == Self.helloText, "byte \(index)")
      accepted += 1
    }
    // Only the last byte of the compressed data has bits to spare.
    #expect(accepted == 1)
  }

  @Test("what follows the last member must be a member")
  func trailingGarbage() {
    #expect(throws: GzipError.self) {
      try Gzip.inflate(Self.hello + Array("not gzip".utf8), byteLimit: 100)
    }
  }

  @Test("a bomb stops at the limit")
  func bomb() {
    #expect(throws: GzipError.tooLarge(byteLimit: 1_000_000)) {
      try Gzip.inflate(Self.zeros, byteLimit: 1_000_000)
    }
    #expect(throws: Never.self) { try Gzip.inflate(Self.zeros, byteLimit: 2_000_000) }
  }

  /// `head -c 2000000 /dev/zero | gzip -n9`.
  static let zeros: [UInt8] =
    [
      0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xed, 0xc1, 0x01, 0x01,
      0x00, 0x00, 0x00, 0x82, 0x20, 0xff, 0xaf, 0x6e, 0x48, 0x40, 0x01,
    ]
    + [UInt8](repeating: 0x00, count: 1937)
    + [
      0x6f, 0x06, 0x41, 0x1d, 0x5a, 0x42, 0x80, 0x84, 0x1e, 0x00,
    ]

  @Test(
    "what is deflated inflates to the same, whatever its size",
    arguments: [0, 1, 17, 1_000, 65_535, 65_536, 65_537, 200_000, 3_000_000])
  func roundTrip(count: Int) throws {
    var random = SeededGenerator(seed: UInt64(count))
    let zeros = [UInt8](repeating: 0, count: count)
    let noise = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let words = (0..<count).map { _ in UInt8.random(in: 97...100, using: &random) }
    for data in [zeros, noise, words] {
      let deflated = try Gzip.deflate(data)
      #expect(deflated.starts(with: [0x1f, 0x8b, 0x08]))
      #expect(try Gzip.inflate(deflated, byteLimit: count) == data)
      if count > 0 {
        #expect(throws: GzipError.tooLarge(byteLimit: count - 1)) {
          try Gzip.inflate(deflated, byteLimit: count - 1)
        }
      }
    }
    // Noise does not get smaller, and hardly larger.
    #expect(try Gzip.deflate(noise).count <= count + count / 1_000 + 64)
  }

  @Test("a failure leaves nothing behind for the next caller")
  func failuresAreForgotten() throws {
    for _ in 0..<50 {
      #expect(throws: GzipError.self) { try Gzip.inflate([1, 2, 3], byteLimit: 100) }
      #expect(throws: GzipError.self) {
        try Gzip.inflate(Array(Self.hello.dropLast(4)), byteLimit: 100)
      }
      #expect(throws: GzipError.self) { try Gzip.inflate(Self.zeros, byteLimit: 10) }
      #expect(try Gzip.inflate(Self.hello, byteLimit: 100) == Self.helloText)
    }
  }

  @Test("many at once do not get into each other's way")
  func concurrently() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<64 {
        group.addTask {
          let data = [UInt8](repeating: UInt8(number), count: 1_000 * number)
          for _ in 0..<20 {
            let inflated = try Gzip.inflate(try Gzip.deflate(data), byteLimit: data.count)
            #expect(inflated == data)
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
