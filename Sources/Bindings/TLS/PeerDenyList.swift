/// Peers that are refused although an authority vouches for them.
///
/// ```
/// # A service, with every certificate it has or gets.
/// spiffe://alphintra/service/trading
/// # One certificate, by its serial number or by its SHA-256, in hexadecimal with or without colons.
/// serial:4F:0A:99
/// sha256:9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08
/// ```
public struct PeerDenyList: Sendable, Hashable {
  /// The most bytes a list's text may have.
  public static let maximumBytes = 1 << 20

  private var spiffeIDs: Set<String> = []
  private var serialNumbers: Set<String> = []
  private var fingerprints: Set<String> = []

  /// A list that denies nobody.
  public init() {}

  /// How many entries there are.
  public var count: Int { spiffeIDs.count + serialNumbers.count + fingerprints.count }

  /// Reads a list: one entry a line; what comes after `#`, and blank lines, do not count.
  ///
  /// - Throws: ``TLSError/Code/invalidConfiguration``, naming the line and what it must be.
  public init(_ text: String) throws(TLSError) {
    for (index, line) in text.split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline
    ).enumerated() {
      let entry = String(line.prefix { $0 != "#" }.filter { !$0.isWhitespace })
      guard entry.isEmpty || add(entry) else {
        throw TLSError(
          .invalidConfiguration,
          """
          line \(index + 1) must be spiffe://…, serial:<hexadecimal> or \
          sha256:<64 hexadecimal digits>, not "\(line)"
          """)
      }
    }
  }

  /// The entry that denies a peer, as the list spells it; nil for a peer that is not denied.
  public func entry(denying certificate: TLSCertificate) -> String? {
    if let id = certificate.uris.first(where: spiffeIDs.contains) { return id }
    if serialNumbers.contains(certificate.serialNumber) {
      return "\(Self.serialPrefix)\(certificate.serialNumber)"
    }
    if fingerprints.contains(certificate.fingerprint) {
      return "\(Self.fingerprintPrefix)\(certificate.fingerprint)"
    }
    return nil
  }

  /// The error of a connection to a denied peer; nil for a peer that is not denied.
  public func refusal(of certificate: TLSCertificate) -> TLSError? {
    entry(denying: certificate).map {
      TLSError(
        .peerDenied,
        """
        the deny-list names \($0): \(certificate.uris.joined(separator: ", ")), \
        serial \(certificate.serialNumber)
        """)
    }
  }

  private static let spiffePrefix = "spiffe://"
  private static let serialPrefix = "serial:"
  private static let fingerprintPrefix = "sha256:"

  /// Adds an entry; false if it is none.
  private mutating func add(_ entry: String) -> Bool {
    if entry.hasPrefix(Self.spiffePrefix) {
      spiffeIDs.insert(entry)
      return entry.count > Self.spiffePrefix.count
    }
    if let digits = Self.digits(of: entry, after: Self.serialPrefix) {
      // Leading zeros are not part of a number.
      let number = digits.drop { $0 == "0" }
      serialNumbers.insert(number.count.isMultiple(of: 2) ? String(number) : "0\(number)")
      return true
    }
    if let digits = Self.digits(of: entry, after: Self.fingerprintPrefix) {
      fingerprints.insert(digits)
      return digits.count == 64
    }
    return false
  }

  private static func digits(of entry: String, after prefix: String) -> String? {
    guard entry.hasPrefix(prefix) else { return nil }
    let digits = entry.dropFirst(prefix.count).filter { $0 != ":" }.uppercased()
    let areDigits = digits.utf8.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
    }
    return !digits.isEmpty && areDigits ? digits : nil
  }
}
