import RPC

/// A peer as its certificate shows it.
struct TestCaller: Sendable {
  let name: String
  let peer: PeerIdentity?

  /// The service of the mesh that the peer is; nil for any other.
  ///
  /// Told apart here by the whole text, and not as the runtime does.
  let service: String?

  static let gateway = TestCaller(service: "gateway")

  /// Nobody, strangers, and every service that a contract knows.
  static let all: [TestCaller] =
    [
      TestCaller(name: "a peer without a certificate", peer: nil, service: nil),
      stranger("spiffe://elsewhere/service/gateway"),
      stranger("spiffe://alphintra/service/gateway/more"),
      stranger("spiffe://alphintra/node/gateway"),
      stranger("spiffe://alphintra/service/"),
      TestCaller(service: "unheard-of"),
    ] + AllContracts.services.map { TestCaller(service: $0) }

  private init(name: String, peer: PeerIdentity?, service: String?) {
    self.name = name
    self.peer = peer
    self.service = service
  }

  init(service: String) {
    self.init(
      name: "service \(service)",
      peer: PeerIdentity(spiffeID: "spiffe://alphintra/service/\(service)"), service: service)
  }

  private static func stranger(_ id: String) -> TestCaller {
    TestCaller(name: id, peer: PeerIdentity(spiffeID: id), service: nil)
  }
}
