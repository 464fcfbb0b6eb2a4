internal import NIOCore

#if canImport(Darwin)
  internal import Darwin
#else
  internal import Glibc
#endif

/// An address of the internet, of version 4 or 6.
public struct IPAddress: Sendable, Hashable {
  /// The first 64 bits, as of version 6; version 4 stands in the block `::ffff:0:0/96` (RFC 4291 section 2.5.5.2).
  let high: UInt64
  /// The last 64 bits.
  let low: UInt64

  private static let mappedPrefix: UInt64 = 0xffff << 32

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Reads an address without port, zone or brackets: `192.0.2.1`, `2001:db8::1`.
  public init?(_ text: some StringProtocol) {
    let text = String(text)
    // Its bytes in network order. Not `in_addr` and `in6_addr`: which module they belong to depends on what else is
    // compiled with this file.
    var parsed = (first: UInt64(0), second: UInt64(0))
    func reads(_ family: Int32) -> Bool {
      withUnsafeMutableBytes(of: &parsed) { inet_pton(family, text, $0.baseAddress) } == 1
    }
    if reads(AF_INET) {
      self.init(high: 0, low: Self.mappedPrefix | UInt64(bigEndian: parsed.first) >> 32)
    } else if reads(AF_INET6) {
      self.init(high: UInt64(bigEndian: parsed.first), low: UInt64(bigEndian: parsed.second))
    } else {
      return nil
    }
  }

  /// Whether the address is of version 4.
  var isVersion4: Bool { high == 0 && low >> 32 == 0xffff }

  /// What stands for whoever has the address: of version 6 its first 64 bits, which are one customer's
  /// (RFC 6177), so that nobody gets a new name by taking another address of their own.
  var subscriber: IPAddress { isVersion4 ? self : IPAddress(high: high, low: 0) }

  /// The same address with its bits behind a prefix at zero; the prefix counts from the 128 bits of version 6.
  func masked(to prefix: Int) -> IPAddress {
    IPAddress(
      high: high & Self.mask(min(prefix, 64)), low: low & Self.mask(max(prefix - 64, 0)))
  }

  private static func mask(_ bits: Int) -> UInt64 { bits == 0 ? 0 : ~0 << UInt64(64 - bits) }
}

extension IPAddress: CustomStringConvertible {
  /// Four decimal numbers, or eight hexadecimal ones.
  public var description: String {
    if isVersion4 {
      return (0..<4).map { "\(UInt8(truncatingIfNeeded: low >> UInt64(24 - 8 * $0)))" }
        .joined(separator: ".")
    }
    return [high, low].flatMap { half in
      (0..<4).map { String(UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * $0)), radix: 16) }
    }.joined(separator: ":")
  }
}

/// The addresses with a common prefix: `10.0.0.0/8`, `2001:db8::/32`, or a single one.
public struct AddressBlock: Sendable, Hashable {
  private let first: IPAddress
  private let prefix: Int

  /// Reads a block.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
    let width = address.isVersion4 ? 32 : 128
    let bits = parts.count == 2 ? Int(parts[1]) : width
    guard let bits, (0...width).contains(bits) else { return nil }
    prefix = 128 - width + bits
    first = address.masked(to: prefix)
  }

  /// Whether an address is in the block.
  public func contains(_ address: IPAddress) -> Bool { address.masked(to: prefix) == first }
}

extension IPAddress {
  /// The address of a socket; nil for a socket of the file system.
  init?(_ socket: SocketAddress) {
    guard let text = socket.ipAddress else { return nil }
    self.init(text)
  }
}
