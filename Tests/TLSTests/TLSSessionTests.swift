import Certificates
import TLS
import TestSupport
import Testing

@Suite struct TLSSessionTests {
  let certificates: TestCertificates

  init() throws { certificates = try TestCertificates() }

  private func openPair() throws -> SessionPair {
    let pair = try SessionPair(
      client: certificates.meshClient("gateway", calling: "trading"),
      server: certificates.meshServer("trading"))
    let outcome = try pair.handshake()
    #expect(outcome.client == nil)
    #expect(outcome.server == nil)
    return pair
  }

  @Test func handshakeProvesBothSides() throws {
    let pair = try openPair()
    #expect(pair.client.isHandshakeComplete)
    #expect(pair.server.isHandshakeComplete)
    #expect(pair.client.applicationProtocol == "h2")
    #expect(pair.server.applicationProtocol == "h2")
    #expect(pair.server.peerCertificate?.uris == ["spiffe://alphintra/service/gateway"])
    #expect(pair.server.peerCertificate?.dnsNames == ["localhost", "gateway"])
    #expect(pair.client.peerCertificate?.uris == ["spiffe://alphintra/service/trading"])
  }

  @Test func plaintextArrivesInBothDirections() throws {
    let pair = try openPair()
    let question = Array("what is the price?".utf8)
    let answer = Array("189.25".utf8)
    #expect(try SessionPair.send(question, from: pair.client, to: pair.server) == question)
    #expect(try SessionPair.send(answer, from: pair.server, to: pair.client) == answer)
  }

  @Test("what a read may find is never more than its bound, and nothing at zero")
  func readableBound() throws {
    let pair = try openPair()
    #expect(pair.server.readableBound == 0)
    for size in [1, 100, 16 * 1024, 100_000] {
      let bytes = [UInt8](repeating: 7, count: size)
      try bytes.withUnsafeBytes { try pair.client.write($0) }
      SessionPair.move(from: pair.client, to: pair.server)
      var read = 0
      while pair.server.readableBound > 0 {
        #expect(pair.server.readableBound >= size - read)
        // No more than the records' own bytes on top.
        #expect(pair.server.readableBound <= size - read + 22 * (size / 16_384 + 1))
        var buffer = [UInt8](repeating: 0, count: pair.server.readableBound)
        if case .plaintext(let count) = try buffer.withUnsafeMutableBytes({
          try pair.server.read(into: $0)
        }) {
          read += count
        }
      }
      #expect(read == size)
    }
  }

  @Test func megabytesArriveUnchanged() throws {
    let pair = try openPair()
    var generator = SeededGenerator(seed: 7)
    let bytes = (0..<5_000_003).map { _ in UInt8.random(in: 0...255, using: &generator) }
    #expect(try SessionPair.send(bytes, from: pair.client, to: pair.server) == bytes)
    #expect(try SessionPair.send(bytes, from: pair.server, to: pair.client) == bytes)
  }

  @Test func recordsSplitAtAnyByteAreReassembled() throws {
    let pair = try openPair()
    let text = Array("split".utf8)
    try text.withUnsafeBytes { try pair.client.write($0) }
    var received: [UInt8] = []
    var byte: [UInt8] = [0]
    while byte.withUnsafeMutableBytes({ pair.client.takeCiphertext(into: $0) }) == 1 {
      #expect(received.isEmpty)
      byte.withUnsafeBytes { pair.server.receive($0) }
      received += try SessionPair.readAll(pair.server).bytes
    }
    #expect(received == text)
  }

  @Test func writingBeforeTheHandshakeIsRefused() throws {
    let session = try TLSSession(TLSContext(certificates.meshServer("trading")))
    let error = #expect(throws: TLSError.self) {
      try [UInt8]("early".utf8).withUnsafeBytes { try session.write($0) }
    }
    #expect(error?.code == .notOpen)
  }

  @Test func closeNotifyIsSeenAfterTheLastPlaintext() throws {
    let pair = try openPair()
    let last = Array("last words".utf8)
    try last.withUnsafeBytes { try pair.client.write($0) }
    pair.client.close()
    SessionPair.move(from: pair.client, to: pair.server)
    let end = try SessionPair.readAll(pair.server)
    #expect(end.bytes == last)
    #expect(end.closed)

    let error = #expect(throws: TLSError.self) {
      try last.withUnsafeBytes { try pair.client.write($0) }
    }
    #expect(error?.code == .notOpen)
    // The other direction stays open until the server says goodbye as well.
    #expect(try SessionPair.send(last, from: pair.server, to: pair.client) == last)
  }

  @Test func foreignProtocolIsRefused() throws {
    let session = try TLSSession(TLSContext(certificates.meshServer("trading")))
    Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8).withUnsafeBytes { session.receive($0) }
    let error = #expect(throws: TLSError.self) { try session.advanceHandshake() }
    #expect(error?.code == .protocolViolation)
    #expect(error?.reason == "http request")
  }

  @Test func damagedRecordIsRefused() throws {
    let pair = try openPair()
    try Array("order".utf8).withUnsafeBytes { try pair.client.write($0) }
    var record = [UInt8](repeating: 0, count: pair.client.pendingCiphertextCount)
    _ = record.withUnsafeMutableBytes { pair.client.takeCiphertext(into: $0) }
    record[record.count - 1] ^= 1
    record.withUnsafeBytes { pair.server.receive($0) }
    let error = #expect(throws: TLSError.self) { try SessionPair.readAll(pair.server) }
    #expect(error?.code == .protocolViolation)
    // The client learns of it by the alert bad_record_mac.
    SessionPair.move(from: pair.server, to: pair.client)
    let alert = #expect(throws: TLSError.self) { try SessionPair.readAll(pair.client) }
    #expect(alert?.code == .alertReceived(TLSAlert(rawValue: 20)))
  }

  @Test func failureOfOneSessionLeavesTheNextAlone() throws {
    for _ in 0..<3 {
      let pair = try openPair()
      let other = try TLSSession(TLSContext(certificates.meshServer("trading")))
      Array("nonsense on the wire".utf8).withUnsafeBytes { other.receive($0) }
      #expect(throws: TLSError.self) { try other.advanceHandshake() }
      let text = Array("fine".utf8)
      #expect(try SessionPair.send(text, from: pair.client, to: pair.server) == text)
    }
  }
}
