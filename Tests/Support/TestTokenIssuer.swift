import Crypto
import CryptoExtras
import Foundation
public import Mesh
import RPC

/// An issuer of access tokens with a key of its own, for tests.
///
/// Makes good tokens, and by the same means bad ones: any header, any claims, any signature.
public struct TestTokenIssuer: Sendable {
  /// The issuer that good tokens name.
  public static let issuer = "https://auth.alphintra"
  /// The audience that good tokens name.
  public static let audience = "alphintra"

  /// How a token is signed.
  public enum Signing: Sendable {
    /// By the issuer's private key, as RS256 says.
    case key
    /// As HS256 says, with the text of the issuer's public key as the secret: the classic confusion.
    case publicKeyAsSecret
    /// Not at all.
    case none
  }

  /// The id of the issuer's key.
  public let keyID: String
  private let key: _RSA.Signing.PrivateKey

  /// The issuer of tests that need no key of their own: to make one takes as long as many a test.
  public static func shared() throws -> TestTokenIssuer { try common.get() }

  private static let common = Result { try TestTokenIssuer() }

  /// An issuer with a new key.
  ///
  /// Two issuers have two keys, whatever their ids.
  public init(keyID: String = "test-key") throws {
    self.keyID = keyID
    key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
  }

  /// The issuer's public key as the member of a key set (RFC 7517).
  public func keyJSON() throws -> String {
    let numbers = try key.publicKey.getKeyPrimitives()
    return """
      {"kty":"RSA","kid":"\(keyID)","use":"sig","alg":"RS256",\
      "n":"\(base64URL(numbers.modulus))","e":"\(base64URL(numbers.publicExponent))"}
      """
  }

  /// A key set with the issuer's public key.
  public func keySetJSON() throws -> String { "{\"keys\":[\(try keyJSON())]}" }

  /// Good claims about a user who logged in by a password, for the next fifteen minutes.
  public func claims(
    for userID: String, roles: [String] = [], scopes: [String] = ["read", "trade"]
  ) -> AccessTokenClaims {
    let now = Int64(Date().timeIntervalSince1970)
    return AccessTokenClaims(
      issuer: Self.issuer, audience: [Self.audience], subject: userID, roles: roles,
      scopes: scopes, acr: Assurance.singleFactor.acr, issuedAt: now, expiresAt: now + 900,
      tokenID: UUID().uuidString)
  }

  /// A good token for a user.
  public func token(for userID: String, roles: [String] = []) throws -> String {
    try token(claims(for: userID, roles: roles))
  }

  /// A token over claims, under a good header or any other, signed rightly or not.
  public func token(
    _ claims: AccessTokenClaims, header: String? = nil, signing: Signing = .key
  ) throws -> String {
    let payload = String(decoding: try JSONEncoder().encode(claims), as: UTF8.self)
    return try token(payload: payload, header: header, signing: signing)
  }

  /// A token over any text.
  public func token(
    payload: String, header: String? = nil, signing: Signing = .key
  ) throws -> String {
    let header = header ?? self.header()
    let input = "\(base64URL(Data(header.utf8))).\(base64URL(Data(payload.utf8)))"
    let signature: Data =
      switch signing {
      case .key:
        try key.signature(
          for: SHA256.hash(data: Data(input.utf8)), padding: .insecurePKCS1v1_5
        ).rawRepresentation
      case .publicKeyAsSecret:
        Data(
          HMAC<SHA256>.authenticationCode(
            for: Data(input.utf8),
            using: SymmetricKey(data: Data(key.publicKey.pemRepresentation.utf8))))
      case .none: Data()
      }
    return "\(input).\(base64URL(signature))"
  }

  /// A good token's header, or one that differs in a field.
  public func header(
    algorithm: String = AccessTokenClaims.algorithm, type: String = AccessTokenClaims.tokenType,
    keyID: String? = nil
  ) -> String {
    "{\"alg\":\"\(algorithm)\",\"typ\":\"\(type)\",\"kid\":\"\(keyID ?? self.keyID)\"}"
  }

  private func base64URL(_ data: Data) -> String {
    data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
