import RPC

/// The length-prefixed messages of gRPC: a byte that says whether the message is compressed, four bytes of
/// length, the message (gRPC over HTTP/2, "Length-Prefixed-Message").
enum MessageFraming {
  static let prefixBytes = 5
}

/// Cuts incoming bytes into messages; those that are compressed stay so.
struct MessageDeframer {
  private let limits: CallLimits
  private let unknownEncodingIs: StatusCode
  private var prefix: (UInt8, UInt32) = (0, 0)
  private var prefixCount = 0
  private var message: [UInt8] = []

  /// How the peer says that it compresses; nil if it does not.
  var encoding: String?

  /// Begins before the first message.
  ///
  /// - Parameter unknownEncodingIs: The failure of a message that is compressed in a way we do not know:
  ///   each side has a code of its own for that (gRPC, "Compression").
  init(_ limits: CallLimits, unknownEncodingIs: StatusCode) {
    self.limits = limits
    self.unknownEncodingIs = unknownEncodingIs
  }

  /// Whether a message has begun and is not complete.
  var isInsideMessage: Bool { self.prefixCount > 0 }

  /// How much memory the message that is not complete takes.
  var heldBytes: Int { self.message.capacity }

  /// Lets go of the message that is not complete; no more will come.
  mutating func drop() {
    self.message = []
  }

  /// Takes bytes off the front of `data` until a message is complete; nil when there are not enough.
  mutating func next(_ data: inout UnsafeRawBufferPointer) throws(RPCError) -> EncodedMessage? {
    while self.prefixCount < MessageFraming.prefixBytes {
      guard let byte = data.first else { return nil }
      data = UnsafeRawBufferPointer(rebasing: data.dropFirst())
      if self.prefixCount == 0 {
        self.prefix.0 = byte
      } else {
        self.prefix.1 = self.prefix.1 << 8 | UInt32(byte)
      }
      self.prefixCount += 1
      if self.prefixCount == MessageFraming.prefixBytes { try self.checkPrefix() }
    }
    let length = Int(self.prefix.1)
    let taken = min(length - self.message.count, data.count)
    let part = UnsafeRawBufferPointer(rebasing: data.prefix(taken))
    data = UnsafeRawBufferPointer(rebasing: data.dropFirst(taken))
    let form: EncodedMessage.Form = self.prefix.0 == 0 ? .plain : .compressed
    if taken == length {
      self.prefix = (0, 0)
      self.prefixCount = 0
      return EncodedMessage([UInt8](part), form)
    }
    // Grows as the bytes come, not as the prefix promises, and to no more than that.
    let needed = self.message.count + taken
    if needed > self.message.capacity {
      self.message.reserveCapacity(min(length, max(needed, 2 * self.message.capacity)))
    }
    self.message.append(contentsOf: part)
    guard self.message.count == length else { return nil }
    self.prefix = (0, 0)
    self.prefixCount = 0
    defer { self.message = [] }
    return EncodedMessage(self.message, form)
  }

  private func checkPrefix() throws(RPCError) {
    switch (self.prefix.0, self.encoding) {
    case (0, _), (1, Compression.gzip.rawValue): break
    case (1, nil), (1, Compression.identity.rawValue):
      throw RPCError(.internal, "a message is compressed, and its encoding is not stated")
    case (1, let encoding?):
      throw RPCError(
        self.unknownEncodingIs,
        "messages compressed by \(encoding) are not supported, only \(WireCompression.accepted)")
    case (let flag, _):
      throw RPCError(.internal, "a message begins with \(flag) where its compression is stated")
    }
    guard Int(self.prefix.1) <= self.limits.messageBytes else {
      throw self.limits.messageTooLarge(Int(self.prefix.1))
    }
  }
}

/// Puts a message behind its prefix, in pieces as large as there is room.
struct MessageFramer {
  /// How messages are compressed that may be.
  var compression = Compression.identity
  private var message: [UInt8] = []
  private var flag: UInt8 = 0
  private var position: Int
  private var end: Int

  init() {
    self.position = 0
    self.end = 0
  }

  /// Whether the message has been written completely.
  var isDone: Bool { self.position == self.end }

  /// Begins with the next message.
  mutating func start(_ message: consuming EncodedMessage) {
    switch message.form {
    case .plain: self.flag = 0
    case .compressed: self.flag = 1
    case .compressible:
      if case .gzip = self.compression {
        return self.start(EncodedMessage(gzipping: message.bytes))
      }
      self.flag = 0
    }
    self.message = message.bytes
    self.position = 0
    self.end = message.bytes.count + MessageFraming.prefixBytes
  }

  /// Writes as much as there is room for, and says how much that is.
  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    var written = 0
    if self.position == 0, self.end > 0, buffer.count >= MessageFraming.prefixBytes {
      buffer[0] = self.flag
      buffer.storeBytes(
        of: UInt32(self.message.count).bigEndian, toByteOffset: 1, as: UInt32.self)
      self.position = MessageFraming.prefixBytes
      written = MessageFraming.prefixBytes
    }
    // Where the buffer ends within the prefix.
    while self.position < MessageFraming.prefixBytes, self.position < self.end,
      written < buffer.count
    {
      let length = UInt32(self.message.count)
      buffer[written] =
        self.position == 0
        ? self.flag : UInt8(truncatingIfNeeded: length >> UInt32(8 * (4 - self.position)))
      self.position += 1
      written += 1
    }
    let count = min(self.end - self.position, buffer.count - written)
    if count > 0, self.position >= MessageFraming.prefixBytes {
      let start = self.position - MessageFraming.prefixBytes
      self.message.withUnsafeBytes { message in
        let target = UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: message[start..<start + count]))
      }
      self.position += count
      written += count
    }
    if self.isDone { self.message = [] }
    return written
  }
}
