internal import CZlib

/// The owner of one zlib stream that deflates, one piece of data after the other.
final class Deflater: @unchecked Sendable {
  // Unchecked: used by one caller at a time, to whom the pool gives it.
  private let zlib = ZlibStream()

  /// zlib's default: 256 KiB for the window and its tables.
  private static let memoryLevel: Int32 = 8

  init() throws(GzipError) {
    let code = deflateInit2_(
      self.zlib.stream, Z_BEST_SPEED, Z_DEFLATED, ZlibStream.gzipWindowBits, Self.memoryLevel,
      Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    // As for inflateEnd: deflateEnd is harmless on a stream without state.
    guard code == Z_OK else { throw .outOfMemory }
  }

  deinit {
    deflateEnd(self.zlib.stream)
  }

  /// Deflates the data into one member.
  func deflate(_ data: [UInt8]) throws(GzipError) -> [UInt8] {
    deflateReset(self.zlib.stream)
    var output: [UInt8] = []
    var position = 0
    while true {
      let remaining = data.count - position
      let step = self.zlib.step(data, from: position, into: &output) {
        CZlib.deflate($0, remaining > UInt32.max ? Z_NO_FLUSH : Z_FINISH)
      }
      position += step.consumed
      if step.code == Z_STREAM_END { return output }
      // Neither can happen to a stream that was made: there is always input or an end, and room.
      guard step.code == Z_OK || step.code == Z_BUF_ERROR, step.consumed + step.produced > 0 else {
        throw .outOfMemory
      }
    }
  }
}
