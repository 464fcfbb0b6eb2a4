import Synchronization

/// Keeps zlib's streams for the next who needs one: to make one costs more than to use it on a small message.
final class StreamPool<Stream: Sendable>: Sendable {
  /// How many are kept: more than as many threads as use them at once would be memory for nothing.
  private static var capacity: Int { 16 }

  private let idle = Mutex<[Stream]>([])

  /// A stream nobody uses, or a new one.
  func take(orMake make: () throws(GzipError) -> Stream) throws(GzipError) -> Stream {
    if let stream = self.idle.withLock({ $0.popLast() }) { return stream }
    return try make()
  }

  /// Gives a stream back.
  func put(_ stream: Stream) {
    self.idle.withLock { idle in
      if idle.count < Self.capacity { idle.append(stream) }
    }
  }
}
