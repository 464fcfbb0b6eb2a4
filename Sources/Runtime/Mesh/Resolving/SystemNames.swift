import Foundation
internal import NIOPosix

/// Asks the system's resolver: `/etc/hosts`, DNS, and whatever else it is told to.
package enum SystemNames {
  /// The addresses of a name, IPv4 and IPv6 (getaddrinfo(3), which sorts them as RFC 6724 says).
  ///
  /// The question blocks, so it is asked on a thread that may.
  package static func addresses(of host: String) async throws -> [String] {
    try await NIOThreadPool.singleton.runIfActive { try blockingAddresses(of: host) }
  }

  private static func blockingAddresses(of host: String) throws -> [String] {
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    #if canImport(Darwin)
      hints.ai_socktype = SOCK_STREAM
    #else
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #endif
    var first: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, nil, &hints, &first)
    guard status == 0 else {
      let reason =
        status == EAI_SYSTEM
        ? strerror(errno) : UnsafeMutablePointer(mutating: gai_strerror(status))
      throw NameNotResolved(host: host, reason: reason.map { String(cString: $0) } ?? "\(status)")
    }
    defer { freeaddrinfo(first) }
    var addresses: [String] = []
    var next = first
    while let entry = next {
      if let address = numericText(of: entry.pointee) { addresses.append(address) }
      next = entry.pointee.ai_next
    }
    return addresses
  }

  private static func numericText(of entry: addrinfo) -> String? {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = getnameinfo(
      entry.ai_addr, entry.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
    guard status == 0 else { return nil }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
