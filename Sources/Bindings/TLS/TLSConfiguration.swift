/// What one side of a TLS 1.3 connection presents, trusts and expects.
///
/// No earlier protocol version is ever spoken. Certificates and keys are PEM files; they are read
/// when a ``TLSContext`` is made from the configuration.
public struct TLSConfiguration: Sendable, Hashable {
  /// A certificate chain, leaf first, and the private key of its leaf.
  public struct Identity: Sendable, Hashable {
    /// The path of the PEM file with the chain, leaf first.
    public var certificateChainPath: String
    /// The path of the PEM file with the leaf's private key.
    public var privateKeyPath: String

    /// Names the two files of an identity.
    public init(certificateChainPath: String, privateKeyPath: String) {
      self.certificateChainPath = certificateChainPath
      self.privateKeyPath = privateKeyPath
    }
  }

  /// Whether a server asks its clients for a certificate.
  public enum ClientAuthentication: Sendable, Hashable {
    /// Clients are not asked: the edge, and tests with foreign peers.
    case none
    /// A client without a certificate from an authority of the PEM file is refused.
    case required(trustedAuthoritiesPath: String)
  }

  /// Who a client must find at the other end; each name given must match.
  public struct ExpectedServer: Sendable, Hashable {
    /// The one URI name the certificate must carry, such as `spiffe://alphintra/service/trading`.
    public var spiffeID: String?
    /// A DNS name or IP address the certificate must be valid for; a DNS name is also sent as SNI.
    public var host: String?

    /// Expects a SPIFFE id, a host name, or both.
    ///
    /// A client that expects neither would trust every certificate of the authority, so at least
    /// one is required.
    public init(spiffeID: String? = nil, host: String? = nil) {
      precondition(spiffeID != nil || host != nil, "an expected server needs a name")
      self.spiffeID = spiffeID
      self.host = host
    }
  }

  /// Which side of the connection this is, with what that side needs.
  public enum Role: Sendable, Hashable {
    /// Accepts connections.
    case server(Identity, ClientAuthentication)
    /// Makes connections; the identity is presented when the server asks for one.
    case client(Identity?, trustedAuthoritiesPath: String, expecting: ExpectedServer)
  }

  /// Which side of the connection this is.
  public var role: Role

  /// The ALPN names offered or accepted, most preferred first; 1–255 bytes of ASCII each.
  public var applicationProtocols: [String]

  /// Whether a peer that negotiates none of ``applicationProtocols`` is refused.
  ///
  /// A peer that offers only other protocols is always refused (RFC 7301 section 3.2); this rule is
  /// about a peer that does not speak ALPN at all.
  public var requiresApplicationProtocol: Bool

  /// A server's configuration.
  public static func server(
    identity: Identity, clientAuthentication: ClientAuthentication, applicationProtocols: [String],
    requiresApplicationProtocol: Bool = true
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .server(identity, clientAuthentication), applicationProtocols: applicationProtocols,
      requiresApplicationProtocol: requiresApplicationProtocol)
  }

  /// A client's configuration.
  public static func client(
    identity: Identity?, trustedAuthoritiesPath: String, expecting server: ExpectedServer,
    applicationProtocols: [String], requiresApplicationProtocol: Bool = true
  ) -> TLSConfiguration {
    TLSConfiguration(
      role: .client(identity, trustedAuthoritiesPath: trustedAuthoritiesPath, expecting: server),
      applicationProtocols: applicationProtocols,
      requiresApplicationProtocol: requiresApplicationProtocol)
  }
}
