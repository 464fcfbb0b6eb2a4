import TLS

/// A client and a server session joined in memory.
struct SessionPair {
  let client: TLSSession
  let server: TLSSession

  init(client: TLSSession, server: TLSSession) {
    self.client = client
    self.server = server
  }

  init(client: TLSConfiguration, server: TLSConfiguration) throws {
    self.init(
      client: try TLSSession(TLSContext(client)), server: try TLSSession(TLSContext(server)))
  }

  /// Why a side of the pair failed, after all alerts reached the other side.
  struct Outcome {
    var client: TLSError?
    var server: TLSError?
  }

  /// Runs the handshake to its end, on both sides, and reports each side's error.
  func handshake() throws -> Outcome {
    var outcome = Outcome()
    var buffer = [UInt8](repeating: 0, count: TLSContext.readBufferBytes)
    for _ in 0..<10 {
      let moved = Self.move(from: client, to: server) + Self.move(from: server, to: client)
      func step(_ session: TLSSession, _ error: inout TLSError?) throws {
        guard error == nil else { return }
        do {
          _ = try buffer.withUnsafeMutableBytes { try session.read(into: $0) }
        } catch let failure as TLSError { error = failure }
      }
      try step(client, &outcome.client)
      try step(server, &outcome.server)
      if moved == 0, client.pendingCiphertextCount == 0, server.pendingCiphertextCount == 0 {
        break
      }
    }
    return outcome
  }

  /// Moves all bytes waiting on one side to the other; returns how many.
  @discardableResult
  static func move(from sender: TLSSession, to receiver: TLSSession) -> Int {
    var moved = 0
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = buffer.withUnsafeMutableBytes { sender.takeCiphertext(into: $0) }
      if count == 0 { return moved }
      buffer.withUnsafeBytes { receiver.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      moved += count
    }
  }

  /// Sends plaintext from one side and returns what the other side reads.
  static func send(_ text: [UInt8], from sender: TLSSession, to receiver: TLSSession) throws
    -> [UInt8]
  {
    try text.withUnsafeBytes { try sender.write($0) }
    move(from: sender, to: receiver)
    return try readAll(receiver).bytes
  }

  /// Reads until nothing more arrives.
  static func readAll(_ session: TLSSession) throws -> (bytes: [UInt8], closed: Bool) {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: TLSContext.readBufferBytes)
    while true {
      switch try buffer.withUnsafeMutableBytes({ try session.read(into: $0) }) {
      case .plaintext(let count): bytes.append(contentsOf: buffer[..<count])
      case .needsCiphertext: return (bytes, false)
      case .closed: return (bytes, true)
      }
    }
  }
}
