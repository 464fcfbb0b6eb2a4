import ConformanceMessages
import Foundation
import Protobuf

/// What protobuf's conformance suite tests: it answers requests until the suite closes the pipe.
///
/// A frame is a length of four bytes, little-endian, and as many bytes.
@main enum ConformanceTestee {
  static func main() throws {
    while let request = try readFrame() {
      let response = Answer(to: try Conformance.ConformanceRequest(serialized: request)).response
      try write(frame: response.serialized())
    }
  }

  private static func readFrame() throws -> [UInt8]? {
    let header = try read(4)
    if header.isEmpty { return nil }
    let count = header.reversed().reduce(0) { $0 << 8 | Int($1) }
    let content = try read(count)
    guard header.count == 4, content.count == count else { throw BrokenPipe() }
    return content
  }

  private static func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count,
      let more = try FileHandle.standardInput.read(upToCount: count - bytes.count), !more.isEmpty
    {
      bytes += more
    }
    return bytes
  }

  private static func write(frame: [UInt8]) throws {
    let header = (0..<4).map { UInt8(truncatingIfNeeded: frame.count >> ($0 * 8)) }
    try FileHandle.standardOutput.write(contentsOf: header + frame)
  }
}

/// The suite ended amid a frame.
struct BrokenPipe: Error {}
