/// What one side of a connection shows and whom it believes, as its files said when they were read.
///
/// Immutable: new files on disk are new credentials, which a ``TLSCredentialSource`` makes of them.
public final class TLSCredentials: Sendable {
  /// The files that credentials are read from.
  public struct Files: Sendable, Hashable {
    /// The certificate chain and its key; nil for a side that shows none.
    public var identity: TLSConfiguration.Identity?
    /// The PEM file of the authorities that are believed; nil for a side that asks for no
    /// certificate.
    ///
    /// It may hold several, such as the old and the new one while authorities change.
    public var trustedAuthoritiesPath: String?
    /// The file of the peers that are refused all the same, as ``PeerDenyList`` reads it; nil for none.
    public var denyListPath: String?

    /// Names the files.
    public init(
      identity: TLSConfiguration.Identity?, trustedAuthoritiesPath: String?,
      denyListPath: String? = nil
    ) {
      self.identity = identity
      self.trustedAuthoritiesPath = trustedAuthoritiesPath
      self.denyListPath = denyListPath
    }
  }

  let identity: LoadedIdentity?
  let authorities: LoadedAuthorities?
  /// The peers that are refused.
  public let denyList: PeerDenyList

  /// Our own certificate; nil for a side that shows none.
  public var certificate: TLSCertificate? { identity?.certificate }
  /// The authorities that are believed, in the file's order.
  public var trustedAuthorities: [TLSCertificate] { authorities?.certificates ?? [] }

  /// Reads files.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the file and what is wrong with it.
  public convenience init(reading files: Files) throws(TLSError) {
    let identity = try files.identity.map { identity throws(TLSError) in
      try LoadedIdentity(identity)
    }
    let authorities = try files.trustedAuthoritiesPath.map { path throws(TLSError) in
      try LoadedAuthorities(path)
    }
    self.init(
      identity: identity, authorities: authorities,
      denyList: try PeerDenyList(at: files.denyListPath))
  }

  init(identity: LoadedIdentity?, authorities: LoadedAuthorities?, denyList: PeerDenyList) {
    self.identity = identity
    self.authorities = authorities
    self.denyList = denyList
  }
}

extension TLSConfiguration {
  /// The files that the configuration names.
  public var files: TLSCredentials.Files {
    switch role {
    case .server(let identity, .none):
      .init(identity: identity, trustedAuthoritiesPath: nil)
    case .server(let identity, .required(let path)):
      .init(identity: identity, trustedAuthoritiesPath: path)
    case .client(let identity, let path, _):
      .init(identity: identity, trustedAuthoritiesPath: path)
    }
  }
}
