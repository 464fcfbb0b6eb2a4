internal import CZlib

/// The owner of one zlib stream that inflates, one piece of data after the other.
final class Inflater: @unchecked Sendable {
  // Unchecked: used by one caller at a time, to whom the pool gives it.
  private let zlib = ZlibStream()

  init() throws(GzipError) {
    let code = inflateInit2_(
      self.zlib.stream, ZlibStream.gzipWindowBits, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      // A failed init leaves nothing for inflateEnd to free, and inflateEnd on a stream without state is a
      // harmless Z_STREAM_ERROR.
      throw code == Z_MEM_ERROR ? .outOfMemory : .corrupt(offset: 0, reason: "zlib code \(code)")
    }
  }

  deinit {
    inflateEnd(self.zlib.stream)
  }

  /// Inflates one or more members.
  func inflate(_ data: [UInt8], byteLimit: Int) throws(GzipError) -> [UInt8] {
    var output: [UInt8] = []
    var offset = 0
    repeat {
      inflateReset(self.zlib.stream)
      offset = try self.inflateMember(of: data, from: offset, into: &output, limit: byteLimit)
    } while offset < data.count
    return output
  }

  /// Inflates one member that starts at `start`; returns the offset just past its trailer.
  private func inflateMember(
    of data: [UInt8], from start: Int, into output: inout [UInt8], limit: Int
  ) throws(GzipError) -> Int {
    var position = start
    while true {
      // One byte more than the limit allows tells "exactly full" from "too much".
      let step = self.zlib.step(
        data, from: position, into: &output, room: limit - output.count + 1
      ) { CZlib.inflate($0, Z_NO_FLUSH) }
      position += step.consumed
      guard output.count <= limit else { throw .tooLarge(byteLimit: limit) }
      let hasProgressed = step.consumed > 0 || step.produced > 0
      switch step.code {
      case Z_STREAM_END:
        return position
      case Z_OK where hasProgressed, Z_BUF_ERROR where hasProgressed:
        continue
      case Z_OK, Z_BUF_ERROR:
        throw .truncated(offset: position)
      case Z_MEM_ERROR:
        throw .outOfMemory
      default:
        throw .corrupt(offset: position, reason: self.zlib.message(step.code))
      }
    }
  }
}
