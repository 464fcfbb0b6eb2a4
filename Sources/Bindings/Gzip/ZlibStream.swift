internal import CZlib

/// Memory that zlib works in: its stream, and room for what comes out of it.
///
/// zlib keeps a pointer back to its stream and checks it, so it may not move: hence the heap.
struct ZlibStream: ~Copyable {
  /// The largest window (2^15 bytes) plus 16, which tells zlib to write or expect a gzip wrapper only.
  static let gzipWindowBits: Int32 = 15 + 16

  /// How much comes out of zlib at a time.
  private static let outputBytes = 64 * 1024

  let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableBufferPointer<UInt8>

  init() {
    self.stream = .allocate(capacity: 1)
    self.stream.initialize(to: z_stream())
    self.output = .allocate(capacity: Self.outputBytes)
  }

  deinit {
    self.stream.deallocate()
    self.output.deallocate()
  }

  /// What one step of zlib did.
  struct Step {
    var code: Int32
    var consumed: Int
    var produced: Int
  }

  /// Lets zlib work on the data from a position on, and appends what comes of it: at most `room` bytes.
  func step(
    _ data: [UInt8], from position: Int, into result: inout [UInt8], room: Int = .max,
    _ body: (UnsafeMutablePointer<z_stream>) -> Int32
  ) -> Step {
    data.withUnsafeBufferPointer { input in
      let available = min(input.count - position, Int(UInt32.max))
      let room = min(room, self.output.count)
      // zlib takes a mutable pointer for historical reasons and never writes through it.
      self.stream.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress.map { $0 + position })
      self.stream.pointee.avail_in = UInt32(available)
      self.stream.pointee.next_out = self.output.baseAddress
      self.stream.pointee.avail_out = UInt32(room)
      let code = body(self.stream)
      let step = Step(
        code: code, consumed: available - Int(self.stream.pointee.avail_in),
        produced: room - Int(self.stream.pointee.avail_out))
      // The input is ours only inside this closure; leave no pointer to it behind.
      self.stream.pointee.next_in = nil
      result.append(contentsOf: UnsafeBufferPointer(rebasing: self.output[..<step.produced]))
      return step
    }
  }

  /// What zlib says about its last code.
  func message(_ code: Int32) -> String {
    guard let text = self.stream.pointee.msg else { return "zlib code \(code)" }
    return String(cString: text)
  }
}
