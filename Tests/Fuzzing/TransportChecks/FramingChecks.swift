import Gzip
import RPC

/// What must hold of any bytes that come as messages: however they are cut they are the same messages, each
/// within the limits, or the same failure.
public enum FramingChecks {
  private static let limits = CallLimits(
    messageBytes: 64 * 1024, inflation: InflationLimits(ratio: 10, unconditionalBytes: 4 * 1024))

  /// Reads a byte that says how, then messages.
  public static func check(_ input: UnsafeRawBufferPointer) {
    guard let choice = input.first else { return }
    let bytes = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    let encodings = [nil, "gzip", "identity", "snappy"]
    let encoding = encodings[Int(choice & 3)]
    let whole = read(bytes, by: max(1, bytes.count), encoding)
    let cut = read(bytes, by: 1 + Int(choice >> 2), encoding)
    precondition(whole.messages.map(\.bytes) == cut.messages.map(\.bytes), "other messages")
    precondition(whole.messages.map(\.form) == cut.messages.map(\.form), "other forms")
    precondition(whole.failure?.code == cut.failure?.code, "another failure")
    precondition(whole.failure?.message == cut.failure?.message, "another failure")
    for message in whole.messages {
      precondition(message.bytes.count <= limits.messageBytes, "a message over the limit")
      precondition(!message.isCompressed || encoding == "gzip", "compressed without a word")
      if message.isCompressed { inflate(message.bytes) }
    }
    writeAgain(whole.messages, by: 1 + Int(choice >> 2))
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, by size: Int, _ encoding: String?
  ) -> (messages: [EncodedMessage], failure: RPCError?) {
    var deframer = MessageDeframer(limits, unknownEncodingIs: .unimplemented)
    deframer.encoding = encoding
    var messages: [EncodedMessage] = []
    do throws(RPCError) {
      for start in stride(from: 0, to: bytes.count, by: size) {
        var part = UnsafeRawBufferPointer(
          rebasing: bytes[start..<min(bytes.count, start + size)])
        while let message = try deframer.next(&part) { messages.append(message) }
        precondition(part.isEmpty, "bytes are left")
        // What is held grows with what came, whatever the prefix promises.
        precondition(deframer.heldBytes <= 2 * bytes.count + 64, "more is held than came")
      }
      return (messages, nil)
    } catch {
      precondition(!error.message.isEmpty)
      return (messages, error)
    }
  }

  private static func inflate(_ message: [UInt8]) {
    do throws(RPCError) {
      let inflated = try limits.inflate(message)
      let limit = min(limits.messageBytes, limits.inflation.bytes(of: message.count))
      precondition(inflated.count <= limit, "a message became larger than allowed")
      guard let deflated = try? Gzip.deflate(inflated) else { return }
      let again = try? Gzip.inflate(deflated, byteLimit: limit)
      precondition(again == inflated, "compression changed a message")
    } catch {
      precondition(error.code == .resourceExhausted || error.code == .internal)
    }
  }

  /// Puts messages behind prefixes, and reads those.
  private static func writeAgain(_ messages: [EncodedMessage], by size: Int) {
    var framer = MessageFramer()
    var written: [UInt8] = []
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 1)
    defer { piece.deallocate() }
    for message in messages {
      framer.start(message)
      while !framer.isDone {
        let count = framer.fill(piece)
        precondition(count > 0, "nothing is written though there is room")
        written += piece[..<count]
      }
    }
    let again = written.withUnsafeBytes { read($0, by: max(1, written.count), "gzip") }
    precondition(again.failure == nil && again.messages.map(\.bytes) == messages.map(\.bytes))
  }
}
