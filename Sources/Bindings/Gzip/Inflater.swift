internal import CZlib

/// The owner of one zlib stream: opened by `init`, closed by `deinit`, never copied.
struct Inflater: ~Copyable {
  /// zlib keeps a pointer back to this struct and checks it, so it may not move: hence the heap.
  private let stream: UnsafeMutablePointer<z_stream>

  /// How much output is asked of zlib at a time.
  private static let chunkSize = 64 * 1024

  /// The largest window (2^15 bytes) plus 16, which tells zlib to expect a gzip wrapper only.
  private static let gzipWindowBits: Int32 = 15 + 16

  init() throws(GzipError) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    let code = inflateInit2_(
      stream, Self.gzipWindowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard code == Z_OK else {
      // A failed init leaves nothing for inflateEnd to free; our own struct is freed by deinit,
      // and inflateEnd on a stream without state is a harmless Z_STREAM_ERROR.
      throw code == Z_MEM_ERROR ? .outOfMemory : .corrupt(offset: 0, reason: "zlib code \(code)")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Inflates one member that starts at `start`; returns the offset just past its trailer.
  mutating func inflateMember(
    of data: [UInt8], from start: Int, into output: inout [UInt8], limit: Int
  ) throws(GzipError) -> Int {
    var position = start
    while true {
      // One byte more than the limit allows tells "exactly full" from "too much".
      let room = min(Self.chunkSize, limit - output.count + 1)
      let step = inflateStep(of: data, from: position, into: &output, room: room)
      position = step.position
      guard output.count <= limit else { throw .tooLarge(byteLimit: limit) }
      switch step.code {
      case Z_STREAM_END:
        return position
      case Z_OK where step.progressed, Z_BUF_ERROR where step.progressed:
        continue
      case Z_OK, Z_BUF_ERROR:
        throw .truncated(offset: position)
      case Z_MEM_ERROR:
        throw .outOfMemory
      default:
        throw .corrupt(offset: position, reason: message(step.code))
      }
    }
  }

  private struct Step {
    var code: Int32
    var position: Int
    var progressed: Bool
  }

  private mutating func inflateStep(
    of data: [UInt8], from position: Int, into output: inout [UInt8], room: Int
  ) -> Step {
    let filled = output.count
    output.append(contentsOf: repeatElement(0, count: room))
    let step = data.withUnsafeBufferPointer { input in
      output.withUnsafeMutableBufferPointer { target in
        let available = min(input.count - position, Int(UInt32.max))
        // zlib takes a mutable pointer for historical reasons and never writes through it.
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: input.baseAddress.map { $0 + position })
        stream.pointee.avail_in = UInt32(available)
        stream.pointee.next_out = target.baseAddress.map { $0 + filled }
        stream.pointee.avail_out = UInt32(room)
        let code = inflate(stream, Z_NO_FLUSH)
        let consumed = available - Int(stream.pointee.avail_in)
        let produced = room - Int(stream.pointee.avail_out)
        // The pointers are ours only inside this closure; leave none behind.
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        return (
          step: Step(
            code: code, position: position + consumed, progressed: consumed > 0 || produced > 0),
          produced: produced
        )
      }
    }
    output.removeLast(room - step.produced)
    return step.step
  }

  private func message(_ code: Int32) -> String {
    guard let text = stream.pointee.msg else { return "zlib code \(code)" }
    return String(cString: text)
  }
}
