/// A SPIFFE id: who a workload is, as a URI in its certificate (SPIFFE-ID specification, section 2).
///
/// Parsing is strict: a text is an id in its one canonical form or not at all, so that two ids are
/// the same workload exactly when their texts are equal.
public struct SPIFFEID: Sendable, Hashable, CustomStringConvertible {
  /// The most bytes an id may have.
  public static let maximumBytes = 2048
  /// The most bytes a trust domain may have.
  public static let maximumTrustDomainBytes = 255

  /// The authority that vouches for the workload, such as `alphintra`.
  public let trustDomain: String
  /// The workload within the trust domain, such as `/service/trading`; empty for the domain itself.
  public let path: String

  /// Reads an id.
  ///
  /// - Throws: ``SPIFFEIDError``, naming the rule that is broken.
  public init(_ text: String) throws(SPIFFEIDError) {
    guard text.utf8.count <= Self.maximumBytes else { throw SPIFFEIDError.tooLong }
    let scheme = "spiffe://"
    guard text.hasPrefix(scheme) else { throw SPIFFEIDError.wrongScheme }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    let domain = rest.prefix { $0 != UInt8(ascii: "/") }
    guard !domain.isEmpty else { throw SPIFFEIDError.missingTrustDomain }
    guard domain.count <= Self.maximumTrustDomainBytes else { throw SPIFFEIDError.tooLong }
    guard domain.allSatisfy(Self.isAllowedInTrustDomain) else {
      throw SPIFFEIDError.invalidTrustDomain
    }
    let path = rest.dropFirst(domain.count)
    try Self.check(path)
    self.trustDomain = String(Substring(domain))
    self.path = String(Substring(path))
  }

  /// The id of a service of this platform.
  ///
  /// - Precondition: the name is a path segment; it comes from a contract or the configuration.
  public init(service: String) {
    precondition(Self.isSegment(service), "\"\(service)\" is not a name of a service")
    trustDomain = AccessGuard.trustDomain
    path = "/service/\(service)"
  }

  /// The name in `/service/<name>`; `nil` for every other path.
  public var serviceName: String? {
    let segments = path.split(separator: "/", omittingEmptySubsequences: false)
    guard segments.count == 3, segments[1] == "service" else { return nil }
    return String(segments[2])
  }

  /// The id as a URI.
  public var description: String { "spiffe://\(trustDomain)\(path)" }

  /// A path is empty, or segments that each begin with a slash, none of them empty or relative.
  private static func check(_ path: Substring.UTF8View) throws(SPIFFEIDError) {
    guard !path.isEmpty else { return }
    for segment in path.dropFirst().split(
      separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    {
      guard !segment.isEmpty else { throw SPIFFEIDError.emptySegment }
      guard segment.allSatisfy(isAllowedInPath) else { throw SPIFFEIDError.invalidPath }
      guard !isRelative(segment) else { throw SPIFFEIDError.relativeSegment }
    }
  }

  /// Whether a text may stand between two slashes of a path.
  static func isSegment(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy(isAllowedInPath) && !isRelative(text.utf8)
  }

  private static func isRelative(_ segment: some Sequence<UInt8>) -> Bool {
    segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8)
  }

  private static func isAllowedInTrustDomain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private static func isAllowedInPath(_ byte: UInt8) -> Bool {
    isAllowedInTrustDomain(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
}

/// The rule of the SPIFFE-ID specification that a text breaks.
public enum SPIFFEIDError: String, Error, Sendable, Hashable, CustomStringConvertible {
  /// More bytes than allowed.
  case tooLong = "an id has at most 2048 bytes, its trust domain at most 255"
  /// Not `spiffe://` at the beginning, in lower case.
  case wrongScheme = "an id begins with spiffe://"
  /// Nothing between the scheme and the path.
  case missingTrustDomain = "an id names a trust domain"
  /// A character that a trust domain may not have: also a port, a user or an escape.
  case invalidTrustDomain = "a trust domain consists of a-z, 0-9, '.', '-' and '_'"
  /// Two slashes in a row, or one at the end.
  case emptySegment = "a path has no empty segment and no slash at its end"
  /// A segment `.` or `..`.
  case relativeSegment = "a path has no segment '.' or '..'"
  /// A character that a path may not have: also a query, a fragment or an escape.
  case invalidPath = "a path consists of a-z, A-Z, 0-9, '.', '-', '_' and '/'"

  /// The rule in words.
  public var description: String { rawValue }
}
