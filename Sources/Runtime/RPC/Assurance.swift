/// How surely an end user was recognized when the access token was issued (NIST SP 800-63B, section 4).
public enum Assurance: Int, Sendable, Hashable, CaseIterable {
  /// By one factor, such as a password: AAL1.
  case singleFactor = 1
  /// By two different factors: AAL2.
  case multiFactor = 2

  /// The level that a token's claim `acr` states.
  ///
  /// A token was issued after one factor at least; a claim that is absent or unknown proves no more.
  public init(acr: String?) {
    self = Self.allCases.first { $0.acr == acr } ?? .singleFactor
  }

  /// The level as the claim `acr` (RFC 9068, section 2.2.1) of this platform's tokens: `aal1`, `aal2`.
  public var acr: String { "aal\(self.rawValue)" }
}

extension Assurance: Comparable {
  /// Orders by how sure it is.
  public static func < (left: Assurance, right: Assurance) -> Bool {
    left.rawValue < right.rawValue
  }
}
