import Foundation
import Gzip
import Protobuf
import TestingContract

/// Writes inputs for libFuzzer to begin with, a folder for each target.
///
///     TransportSeeds FOLDER
@main enum TransportSeeds {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: TransportSeeds FOLDER")
      exit(2)
    }
    let folder = CommandLine.arguments[1]
    try self.write(self.framing, to: "\(folder)/framing")
    try self.write(self.metadata.map { Array($0.utf8) }, to: "\(folder)/metadata")
    try self.write(self.http2, to: "\(folder)/http2")
  }

  private static func write(_ inputs: [[UInt8]], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (index, input) in inputs.enumerated() {
      try Data(input).write(to: URL(filePath: "\(folder)/\(index)"))
    }
  }

  // MARK: - Messages

  private static func message(_ bytes: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    [flag] + withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) } + bytes
  }

  private static var framing: [[UInt8]] {
    let zeros = [UInt8](repeating: 0, count: 3_000)
    let gzipped = (try? Gzip.deflate(Array("some text, and some text again".utf8))) ?? []
    let bomb = (try? Gzip.deflate(zeros + zeros)) ?? []
    return [
      [0] + self.message([]), [8] + self.message([1, 2, 3]) + self.message(zeros),
      [1] + self.message(gzipped, flag: 1) + self.message([4]), [41] + self.message(bomb, flag: 1),
      [1] + self.message(gzipped + gzipped, flag: 1), [2] + self.message([1], flag: 1),
      [3] + self.message([1], flag: 1), [0] + self.message([1], flag: 7),
      [0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1],
    ]
  }

  // MARK: - Header fields

  private static let metadata = [
    """
    :method:POST
    :scheme:http
    :path:/alphintra.testing.v1.TestingService/Echo
    te:trailers
    content-type:application/grpc+proto
    grpc-timeout:100m
    grpc-encoding:gzip
    grpc-accept-encoding:identity, gzip
    grpc-previous-rpc-attempts:2
    x-text:some text
    x-some-bin:AAEC,AwQ=
    """,
    """
    :status:200
    content-type:application/grpc
    grpc-status:3
    grpc-message:a%20b%C3%B6%zz
    grpc-status-details-bin:CAMSA2JhZBo7Cih0eXBlLmdvb2dsZWFwaXMuY29tL2dvb2dsZS5ycGMuRXJyb3JJbmZvEg8KAVISAWQaBwoBdBICdGE
    grpc-retry-pushback-ms:250
    """,
    "x-bad-bin:***\ngrpc-timeout:123456789H\ngrpc-retry-pushback-ms:-1\nte:gzip\nhost:a",
  ]

  // MARK: - HTTP/2

  private static func step(
    _ type: UInt8, _ flags: UInt8 = 0, _ stream: UInt8 = 0, _ payload: [UInt8] = []
  ) -> [UInt8] {
    [type, flags, stream, UInt8(payload.count)] + payload
  }

  private static var http2: [[UInt8]] {
    var request = TestingV1.EchoRequest()
    request.text = "x"
    request.responseSize = 20_000
    request.count = 3
    let message = request.serialized()
    let end: UInt8 = 1
    // The four kinds of calls, each with a message, and more for those that take them.
    let calls = (0..<4).map { method in
      [1] + self.step(10, method << 1, 1) + self.step(11, method & 1 == 0 ? end : 0, 1, message)
        + self.step(11, end, 1, message) + self.step(8, 0, 1, [0, 1, 0, 0])
        + self.step(8, 0, 0, [0, 1, 0, 0])
    }
    let failing = [UInt8]([0x28, 5, 0x32, 1, 0x61])
    let gzipped = (try? Gzip.deflate(message)) ?? []
    return calls + [
      // No windows, then all of them.
      [1] + self.step(4, 0, 0, [0, 4, 0, 0, 0, 0]) + self.step(10, 0, 1)
        + self.step(11, end, 1, message) + self.step(14) + self.step(14)
        + self.step(4, 0, 0, [0, 4, 0, 1, 0, 0]),
      // Nothing is read for a while, calls are cancelled, time is up.
      [1] + self.step(12) + self.step(10, 6, 1) + self.step(11, 0, 1, message)
        + self.step(3, 0, 1, [0, 0, 0, 8]) + self.step(10, 6, 3) + self.step(13) + self.step(12),
      [1] + self.step(10, 0, 1) + self.step(11, end, 1, failing),
      [5] + self.step(10, 0, 1) + self.step(11, 0x80 | end, 1, gzipped),
      // A settings frame, a ping, a goaway, priorities, a header block in two parts, trailers.
      [1] + self.step(4, 0, 0, [0, 1, 0, 0, 0, 0]) + self.step(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8])
        + self.step(2, 0, 3, [0, 0, 0, 0, 1]) + self.step(1, 1, 5, [0x83, 0x86])
        + self.step(9, 4, 5, [0x84, 0x01, 1, 0x61]) + self.step(10, 2, 7)
        + self.step(1, 5, 7, [0, 1, 0x78, 1, 0x79])
        + self.step(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
      // Bytes as they come from a socket.
      [0] + Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]
        + [0, 0, 6, 1, 5, 0, 0, 0, 1, 0x83, 0x86, 0x84, 0x01, 1, 0x61],
    ]
  }
}
