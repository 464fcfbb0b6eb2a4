import Foundation
import Protobuf
import Synchronization

/// The requests of a call as JSON: one value, or many one behind the other.
///
/// Read by one task.
public final class RequestInput: Sendable {
  /// How many bytes one request may have.
  public static let maximumSize = JSONDecodingOptions.defaultMaximumSize
  /// How many bytes are read at a time.
  private static let pieceSize = 1 << 16

  /// Where the text comes from: the next piece of it, nil at the end.
  public typealias Source = @Sendable () async throws(CallFailure) -> [UInt8]?

  private let source: Source
  private let splitter = Mutex(JSONValueSplitter(maximumSize: maximumSize))

  /// Requests from a source of text.
  public init(_ source: @escaping Source) { self.source = source }

  /// Requests that are all there.
  public convenience init(text: String) {
    let pieces = Mutex<[UInt8]?>(Array(text.utf8))
    self.init { () async throws(CallFailure) in
      pieces.withLock { text in
        defer { text = nil }
        return text
      }
    }
  }

  /// Requests from an open file, as they come; waiting for them blocks no task.
  public convenience init(descriptor: Int32, name: String) {
    let queue = DispatchQueue(label: "request input")
    self.init { () async throws(CallFailure) in
      let result = await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: Self.read(descriptor)) }
      }
      switch result {
      case .success(let bytes): return bytes.isEmpty ? nil : bytes
      case .failure(let error): throw .input("\(name): \(String(cString: strerror(error.number)))")
      }
    }
  }

  /// Requests from a file.
  public convenience init(file path: String) throws(CallFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .input("\(path): \(String(cString: strerror(errno)))") }
    self.init(descriptor: descriptor, name: path)
  }

  /// The next request as it stands; nil after the last.
  ///
  /// - Throws: ``CallFailure/input(_:)`` if the text cannot be read or a request is too long.
  func next() async throws(CallFailure) -> [UInt8]? {
    while true {
      if let value = try complete() { return value }
      guard let piece = try await source() else { return splitter.withLock { $0.rest() } }
      splitter.withLock { $0.append(piece) }
    }
  }

  private func complete() throws(CallFailure) -> [UInt8]? {
    do {
      return try splitter.withLock { try $0.next() }
    } catch {
      throw .input("a request is longer than \(Self.maximumSize) bytes")
    }
  }

  private struct SystemError: Error {
    let number: Int32
  }

  private static func read(_ descriptor: Int32) -> Result<[UInt8], SystemError> {
    var number: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
      var result = 0
      repeat {
        result = Foundation.read(descriptor, buffer.baseAddress, pieceSize)
      } while result < 0 && errno == EINTR
      if result < 0 { number = errno }
      count = max(0, result)
    }
    return number == 0 ? .success(bytes) : .failure(SystemError(number: number))
  }
}
