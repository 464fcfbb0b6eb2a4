import Foundation
import Glibc

/// Tells the supervisor of this process how it stands, by the protocol of sd_notify(3).
///
/// Without `NOTIFY_SOCKET` in the environment nobody asked, and nothing is sent.
public struct ReadinessNotifier: Sendable {
  private let path: String?

  /// A notifier for the socket at `path`; `@name` is one in the abstract namespace.
  public init(path: String?) { self.path = path.flatMap { $0.isEmpty ? nil : $0 } }

  /// A notifier for the socket the environment names.
  public static var fromEnvironment: ReadinessNotifier {
    ReadinessNotifier(path: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
  }

  /// The process answers from now on.
  ///
  /// - Parameters:
  ///   - status: a line for people about what it does.
  ///   - addresses: where it answers others, sent as `X_ADDRESSES`.
  ///   - adminAddress: where it answers operators, sent as `X_ADMIN`.
  /// - Throws: ``Failure``; a supervisor that waits would wait for ever.
  public func ready(
    status: String = "", addresses: [String] = [], adminAddress: String = ""
  ) throws(Failure) {
    var message = "READY=1"
    if !status.isEmpty { message += "\nSTATUS=\(status)" }
    if !addresses.isEmpty { message += "\nX_ADDRESSES=\(addresses.joined(separator: " "))" }
    if !adminAddress.isEmpty { message += "\nX_ADMIN=\(adminAddress)" }
    try send(message)
  }

  /// The process finishes the work at hand and ends.
  public func stopping() {
    // A supervisor that is gone does not wait for this.
    try? send("STOPPING=1")
  }

  /// Why the supervisor could not be told.
  public struct Failure: Error, Sendable, CustomStringConvertible {
    /// The socket's path.
    public let path: String
    /// What the system says.
    public let reason: String

    /// The path and the reason.
    public var description: String { "NOTIFY_SOCKET \(path): \(reason)" }
  }

  private func send(_ message: String) throws(Failure) {
    guard let path else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let name = Array(path.utf8)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard name.count < capacity else {
      throw Failure(path: path, reason: "longer than the \(capacity - 1) bytes of a socket's path")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { field in
      field.copyBytes(from: name)
      // An abstract name starts with NUL in the place of "@".
      if name.first == UInt8(ascii: "@") { field[0] = 0 }
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(path: path, reason: Self.lastError) }
    defer { close(descriptor) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let text = Array(message.utf8)
    let sent = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL), $0, length)
      }
    }
    guard sent == text.count else { throw Failure(path: path, reason: Self.lastError) }
  }

  private static var lastError: String { String(cString: strerror(errno)) }
}
