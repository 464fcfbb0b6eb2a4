public import Foundation

/// What a leaf certificate shall say.
public struct CertificateRequest: Sendable, Hashable {
  /// What a certificate may be used for (RFC 5280 section 4.2.1.12).
  public enum Usage: Sendable, Hashable {
    /// To prove a server's name.
    case server
    /// To prove a client's name.
    case client
  }

  /// The SPIFFE trust domain of the mesh.
  public static let trustDomain = "alphintra"

  /// The subject's common name; informative only, peers look at the names below.
  public var commonName: String
  /// URI names; a SPIFFE identity has exactly one (SPIFFE X.509-SVID section 2).
  public var uris: [String]
  /// DNS names.
  public var dnsNames: [String]
  /// Addresses of IP version 4, four bytes each.
  public var ipAddresses: [[UInt8]]
  /// What the certificate may be used for.
  public var usages: [Usage]
  /// The first instant of validity.
  public var validFrom: Date
  /// The last instant of validity.
  public var validUntil: Date

  /// A request in all its parts.
  public init(
    commonName: String, uris: [String], dnsNames: [String], ipAddresses: [[UInt8]],
    usages: [Usage], validFrom: Date, validUntil: Date
  ) {
    self.commonName = commonName
    self.uris = uris
    self.dnsNames = dnsNames
    self.ipAddresses = ipAddresses
    self.usages = usages
    self.validFrom = validFrom
    self.validUntil = validUntil
  }

  /// The identity of a service of the mesh, as server and as client, on its own machine.
  public static func service(
    named name: String, validFrom: Date, validUntil: Date
  ) -> CertificateRequest {
    CertificateRequest(
      commonName: name, uris: [spiffeID(ofService: name)], dnsNames: ["localhost", name],
      ipAddresses: [[127, 0, 0, 1]], usages: [.server, .client], validFrom: validFrom,
      validUntil: validUntil)
  }

  /// The edge's certificate towards browsers: a name, and no identity in the mesh.
  public static func edge(
    host: String = "localhost", validFrom: Date, validUntil: Date
  ) -> CertificateRequest {
    CertificateRequest(
      commonName: host, uris: [], dnsNames: [host], ipAddresses: [[127, 0, 0, 1]],
      usages: [.server], validFrom: validFrom, validUntil: validUntil)
  }

  /// The SPIFFE id of a service of the mesh.
  public static func spiffeID(ofService name: String) -> String {
    "spiffe://\(trustDomain)/service/\(name)"
  }
}
