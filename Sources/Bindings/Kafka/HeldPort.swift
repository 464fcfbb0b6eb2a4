import Foundation

/// A port of 127.0.0.1 that nobody else can take while its server does not listen.
///
/// The system gives the port of a server that is away to any client that connects from "some port", and the
/// server could not come back. Two sockets may be bound to one port if both allow it and none listens, so
/// the server can bind its own beside this one.
final class HeldPort: Sendable {
  let port: UInt16
  private let descriptor: Int32

  /// Holds a port; nil if someone has it.
  init?(_ port: UInt16) {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    var on: Int32 = 1
    setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close(descriptor)
      return nil
    }
    self.port = port
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
