import HTTP2
import RPC

/// What must hold whatever a client sends to a server: it is answered in frames, refused or cut off; and when it
/// is gone, nothing of it is left.
///
/// Read as bytes an input is what comes from the socket. Read as steps, four bytes and a payload each, it is
/// frames whose lengths are right, whole calls, and what time does.
public enum HTTP2Checks {
  private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  private static let emptySettings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
  private static let frameBytes = 16 * 1024
  private static let router = RPCRouter(services: [FuzzService()], accessController: FuzzAccess())

  /// Plays an input: a byte that says how, then bytes or steps.
  public static func check(_ input: UnsafeRawBufferPointer) {
    guard let choice = input.first else { return }
    var limits = HTTP2Limits()
    limits.concurrentStreams = 8
    if choice & 2 != 0 { limits.floods.resets = 10 }
    let environment = ServerEnvironment(router, compression: choice & 4 != 0 ? .gzip : .identity)
    guard let connection = try? ServerConnection(environment, limits) else {
      preconditionFailure("no session")
    }
    var client = Client(connection)
    let rest = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    if choice & 1 == 0 {
      client.play(bytes: rest, by: 1 + Int(choice >> 3) * 64)
    } else {
      client.send(preface + emptySettings)
      client.play(steps: rest)
    }
    client.leave()
  }

  /// A client of one connection.
  private struct Client {
    private let connection: ServerConnection
    private var isCutOff = false
    private var reads = true

    init(_ connection: ServerConnection) {
      self.connection = connection
    }

    mutating func play(bytes: UnsafeRawBufferPointer, by size: Int) {
      for start in stride(from: 0, to: bytes.count, by: size) where !isCutOff {
        receive(UnsafeRawBufferPointer(rebasing: bytes[start..<min(bytes.count, start + size)]))
      }
    }

    mutating func play(steps: UnsafeRawBufferPointer) {
      var rest = steps[...]
      while rest.count >= 4, !isCutOff {
        let (step, flags, stream) = (
          rest[rest.startIndex], rest[rest.startIndex + 1], rest[rest.startIndex + 2]
        )
        let length = min(Int(rest[rest.startIndex + 3]), rest.count - 4)
        let payload = Array(rest.dropFirst(4).prefix(length))
        rest = rest.dropFirst(4 + length)
        take(step & 15, flags, stream & 31, payload)
      }
    }

    /// One step: a frame of that type, or what follows them.
    private mutating func take(_ step: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) {
      switch step {
      case 10: send(frame(1, flags: 4 | flags & 1, stream, head(flags >> 1) + payload))
      case 11:
        let prefix = [flags >> 7, 0, 0, 0, UInt8(payload.count)]
        send(frame(0, flags: flags & 1, stream, prefix + payload))
      case 12: reads.toggle()
      case 13: connection.executor.deadlines.expireFirst()
      case 14: connection.lookForStalls()
      case 15: send(payload)
      default: send(frame(step, flags: flags, stream, payload))
      }
      settle()
    }

    private func frame(
      _ type: UInt8, flags: UInt8, _ stream: UInt8, _ payload: [UInt8]
    ) -> [UInt8] {
      [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags, 0, 0, 0, stream]
        + payload
    }

    /// The head of a call, without what would stay in a table.
    private func head(_ method: UInt8) -> [UInt8] {
      let methods = ["Echo", "Collect", "Expand", "Chat", "WhoAmI", "WhoIsTheUser", "No"]
      let path = "/alphintra.testing.v1.TestingService/" + methods[Int(method) % methods.count]
      var block: [UInt8] = [0x83, 0x86]
      for (name, value) in [
        (":path", path), (":authority", "a"), ("te", "trailers"),
        ("content-type", "application/grpc"), ("grpc-encoding", "gzip"), ("grpc-timeout", "1H"),
      ] {
        block += [0, UInt8(name.utf8.count)] + Array(name.utf8)
        block += [UInt8(value.utf8.count)] + Array(value.utf8)
      }
      return block
    }

    mutating func send(_ bytes: [UInt8]) {
      guard !isCutOff else { return }
      bytes.withUnsafeBytes { receive($0) }
    }

    private mutating func receive(_ bytes: UnsafeRawBufferPointer) {
      do {
        try connection.session.receive(bytes)
      } catch {
        precondition(!error.description.isEmpty)
        isCutOff = true
      }
      settle()
    }

    /// What a turn of a loop does.
    private mutating func settle() {
      connection.settle()
      if reads || isCutOff { read() }
      connection.settle()
    }

    /// Takes what the server sends, and looks whether those are frames.
    private mutating func read() {
      do {
        while let output = try connection.session.nextOutput() {
          var rest = output[...]
          while rest.count >= 9 {
            let start = rest.startIndex
            let length =
              Int(rest[start]) << 16 | Int(rest[start + 1]) << 8 | Int(rest[start + 2])
            precondition(length <= frameBytes, "a frame is too long")
            rest = rest.dropFirst(9 + length)
          }
          precondition(rest.isEmpty, "a frame is cut off")
        }
      } catch {
        isCutOff = true
      }
      if connection.session.offence != nil { isCutOff = true }
    }

    /// The connection is gone.
    mutating func leave() {
      read()
      connection.session.close()
      connection.settle()
      precondition(!connection.session.hasStreams, "a stream is left")
      precondition(connection.handlerCount == 0, "a handler is left")
      precondition(connection.streamingCalls == 0, "a call is left")
      precondition(connection.requestBudget.heldBytes == 0, "requests are left")
      precondition(connection.responseBudget.heldBytes == 0, "responses are left")
    }
  }
}
