import Gzip
import RPC

/// How compression looks on the wire.
enum WireCompression {
  /// The header that lists what a peer takes.
  static let acceptName = "grpc-accept-encoding"
  /// What we take.
  static let accepted = Compression.allCases.map(\.rawValue).joined(separator: ",")
  /// The header that says how messages are compressed.
  static let encodingName = "grpc-encoding"

  /// Whether a list of encodings contains gzip.
  static func listsGzip(_ list: UnsafeRawBufferPointer) -> Bool {
    var start = 0
    for index in 0...list.count
    where index == list.count || list[index] == UInt8(ascii: ",")
      || list[index] == UInt8(ascii: " ")
    {
      if index - start == 4, list[start] == UInt8(ascii: "g"), list[start + 1] == UInt8(ascii: "z"),
        list[start + 2] == UInt8(ascii: "i"), list[start + 3] == UInt8(ascii: "p")
      {
        return true
      }
      start = index + 1
    }
    return false
  }
}

extension EncodedMessage {
  /// A message compressed by gzip, or as it is if that does not make it smaller.
  init(gzipping message: [UInt8]) {
    // Without memory to compress in, it can still be sent.
    if let bytes = try? Gzip.deflate(message), bytes.count < message.count {
      self.init(bytes, .compressed)
    } else {
      self.init(message, .plain)
    }
  }
}

extension CallLimits {
  /// Inflates a message that came compressed by gzip.
  ///
  /// - Throws: `.resourceExhausted` if it becomes too large, `.internal` if it is damaged.
  func inflate(_ message: [UInt8]) throws(RPCError) -> [UInt8] {
    let byLimit = self.messageBytes
    let byRatio = self.inflation.bytes(of: message.count)
    do {
      return try Gzip.inflate(message, byteLimit: min(byLimit, byRatio))
    } catch .tooLarge where byLimit <= byRatio {
      throw RPCError(
        .resourceExhausted, "a compressed message becomes larger than the limit of \(byLimit) bytes"
      )
    } catch .tooLarge {
      throw RPCError(
        .resourceExhausted,
        "a message of \(message.count) compressed bytes becomes larger than \(byRatio) bytes, the limit of inflation"
      )
    } catch .outOfMemory {
      throw RPCError(.resourceExhausted, "there is no memory to inflate a message")
    } catch {
      throw RPCError(.internal, "a compressed message is damaged", cause: error)
    }
  }
}
