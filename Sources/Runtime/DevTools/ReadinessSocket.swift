import Dispatch
import Foundation
import SystemPackage

/// The receiving end of the sd_notify(3) protocol: a datagram socket to which one child tells its state.
///
/// Not a SwiftNIO channel, as those drop a datagram whose sender has no name, which is how every client of the protocol sends.
struct ReadinessSocket: @unchecked Sendable {
  /// A state message is at most this long.
  static let maximumMessageBytes = 4096

  /// The socket's path, for the child's `NOTIFY_SOCKET`.
  let path: String
  // A dispatch source may be used from any thread; the type does not say so.
  private let source: any DispatchSourceRead
  private let messages: AsyncStream<String>

  /// Binds the socket, replacing one left at the path by an earlier run.
  static func bind(path: String) throws -> ReadinessSocket {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Errno(rawValue: errno) }
    unlink(path)
    guard var address = sockaddr_un(path: path) else {
      Foundation.close(descriptor)
      throw Errno.fileNameTooLong
    }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else {
      let error = Errno(rawValue: errno)
      Foundation.close(descriptor)
      throw error
    }
    return ReadinessSocket(path: path, descriptor: descriptor)
  }

  private init(path: String, descriptor: Int32) {
    let (messages, continuation) = AsyncStream.makeStream(of: String.self)
    self.path = path
    self.messages = messages
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
    source.setEventHandler {
      var buffer = [UInt8](repeating: 0, count: Self.maximumMessageBytes)
      let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 { continuation.yield(String(decoding: buffer.prefix(count), as: UTF8.self)) }
    }
    source.setCancelHandler {
      Foundation.close(descriptor)
      continuation.finish()
    }
    source.activate()
  }

  /// Returns when the child has sent `READY=1`, with all that it sent along, by name; nil when the socket
  /// was closed before.
  func waitUntilReady() async -> [String: String]? {
    for await message in messages {
      let assignments = message.split(separator: "\n").map {
        $0.split(separator: "=", maxSplits: 1)
      }
      let values = Dictionary(
        assignments.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }
      ) { $1 }
      if values["READY"] == "1" { return values }
    }
    return nil
  }

  /// Closes the socket and removes its file.
  func close() {
    source.cancel()
    unlink(path)
  }
}

extension sockaddr_un {
  /// The address of a path, unless it is too long for one.
  fileprivate init?(path: String) {
    self.init()
    sun_family = sa_family_t(AF_UNIX)
    let fits = withUnsafeMutableBytes(of: &sun_path) { bytes in
      // One byte is kept for the terminator.
      guard path.utf8.count < bytes.count else { return false }
      bytes.copyBytes(from: path.utf8)
      return true
    }
    guard fits else { return nil }
  }
}
