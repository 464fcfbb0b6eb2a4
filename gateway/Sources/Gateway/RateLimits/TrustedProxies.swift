/// The proxies in front of a gateway that say truly for whom they speak.
public struct TrustedProxies: Sendable, Hashable {
  private let blocks: [AddressBlock]

  /// Trusts these.
  public init(_ blocks: [AddressBlock]) {
    self.blocks = blocks
  }

  /// Whether an address is a proxy's.
  func contains(_ address: IPAddress) -> Bool { blocks.contains { $0.contains(address) } }

  /// The client behind a connection.
  ///
  /// Each proxy adds behind what it was told the address it was told by: what stands last is true if who connects
  /// is trusted, what stands before it if that one is, and so on. What the first one who is not trusted says of
  /// others is that one's own invention.
  ///
  /// - Parameters:
  ///   - peer: Who connects.
  ///   - forwarded: The values of `X-Forwarded-For`.
  /// - Returns: The first address from the end that is not a proxy's; of what cannot be read, and of nothing
  ///   at all, the proxy that said it.
  func client(behind peer: IPAddress, _ forwarded: [String]) -> IPAddress {
    guard contains(peer) else { return peer }
    var client = peer
    for entry in forwarded.flatMap({ $0.split(separator: ",") }).reversed() {
      guard let address = Self.address(entry) else { return client }
      client = address
      guard contains(address) else { return client }
    }
    return client
  }

  /// An entry is an address; some proxies write a port behind it.
  private static func address(_ entry: Substring) -> IPAddress? {
    let text = entry.filter { $0 != " " && $0 != "\t" }
    if let address = IPAddress(text) { return address }
    if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
      return IPAddress(text[text.index(after: text.startIndex)..<end])
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? IPAddress(parts[0]) : nil
  }
}
