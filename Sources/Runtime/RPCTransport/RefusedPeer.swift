/// A client that the deny-list names, and that was refused a connection or lost the one it had.
public struct RefusedPeer: Sendable, Hashable {
  /// The SPIFFE id of its certificate; nil where that has none, or was not read.
  public let caller: String?
  /// The entry of the list, and the certificate.
  public let reason: String
}
