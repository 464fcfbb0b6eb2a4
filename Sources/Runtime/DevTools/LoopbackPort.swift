import Foundation

/// TCP ports of 127.0.0.1: whether one is free, and which.
public enum LoopbackPort {
  /// Whether a server could listen on the port now, at 127.0.0.1 or another address of this machine.
  public static func isFree(_ port: Int, at address: String = "127.0.0.1") -> Bool {
    (try? bind(port, at: address)) != nil
  }

  /// A port that was free a moment ago; who needs it takes it soon and tries again if it is gone.
  public static func free() throws(PortError) -> Int { try bind(0) }

  /// Why no port was found.
  public enum PortError: Error, Sendable, CustomStringConvertible {
    /// Something listens on it.
    case taken(Int)
    /// The system gives no socket.
    case noSocket(String)

    /// What happened and what to do.
    public var description: String {
      switch self {
      case .taken(let port):
        "port \(port) is taken: stop what listens there (`ss -ltnp`), or choose another port"
      case .noSocket(let reason):
        "cannot make a socket: \(reason)"
      }
    }
  }

  /// Binds a port for a moment; zero lets the system choose.
  private static func bind(
    _ port: Int, at host: String = "127.0.0.1"
  ) throws(PortError) -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .noSocket(lastSystemError()) }
    defer { close(descriptor) }
    // As servers do it: a port whose last connections are still timing out is free.
    var reuse: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { throw .taken(port) }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        Foundation.bind(descriptor, generic, length) == 0
          ? getsockname(descriptor, generic, &length) : -1
      }
    }
    guard code == 0 else { throw .taken(port) }
    return Int(in_port_t(bigEndian: address.sin_port))
  }
}
