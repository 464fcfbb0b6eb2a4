internal import Foundation
internal import JWTKit

/// What verifies tokens, as fetched: the published keys, and the sessions that have ended.
public struct KeySetDocument: Sendable {
  /// The JSON text of a JSON Web Key Set (RFC 7517).
  public var json: String
  /// How long the set may be used before it is fetched again.
  public var maximumAge: Duration
  /// The sessions whose tokens are refused though they have not expired.
  public var endedSessions: Set<String>
  /// How long that list may be used before it is fetched again; nil where no session ends.
  public var endedSessionsMaximumAge: Duration?

  /// A document with its life.
  public init(
    json: String, maximumAge: Duration, endedSessions: Set<String> = [],
    endedSessionsMaximumAge: Duration? = nil
  ) {
    self.json = json
    self.maximumAge = maximumAge
    self.endedSessions = endedSessions
    self.endedSessionsMaximumAge = endedSessionsMaximumAge
  }
}

/// The usable keys of a JSON Web Key Set, by their ids.
struct VerifyingKeys: Sendable {
  /// More text than any sane set has.
  static let maximumDocumentBytes = 64 * 1024
  /// More keys than any sane issuer has at once.
  static let maximumKeys = 32

  /// One collection for each key: jwt-kit falls back to another key of a collection when it does
  /// not know the id.
  private let collections: [String: JWTKeyCollection]

  /// Reads a set; keys that are not RSA keys for RS256 signatures, or have no id, are left out.
  init(json: String) async throws(TokenError) {
    guard json.utf8.count <= Self.maximumDocumentBytes else {
      throw TokenError.keysUnavailable(
        "the key set has more than \(Self.maximumDocumentBytes) bytes")
    }
    let set: KeySet
    do { set = try JSONDecoder().decode(KeySet.self, from: Data(json.utf8)) } catch {
      throw TokenError.keysUnavailable("the key set is not RFC 7517 JSON: \(error)")
    }
    guard set.keys.count <= Self.maximumKeys else {
      throw TokenError.keysUnavailable("the key set has more than \(Self.maximumKeys) keys")
    }
    var collections: [String: JWTKeyCollection] = [:]
    for key in set.keys {
      guard let id = key.kid, let publicKey = key.publicKey else { continue }
      collections[id] = await JWTKeyCollection().add(
        rsa: publicKey, digestAlgorithm: .sha256, kid: JWKIdentifier(string: id))
    }
    self.collections = collections
  }

  /// The ids of the keys.
  var ids: Set<String> { Set(collections.keys) }

  /// The key with an id.
  func key(_ id: String) -> JWTKeyCollection? { collections[id] }
}

/// The members of a key set that matter here (RFC 7517 section 4, RFC 7518 section 6.3.1).
private struct KeySet: Decodable {
  struct Key: Decodable {
    var kty: String
    var kid: String?
    var use: String?
    var alg: String?
    var n: String?
    var e: String?

    /// The key, if it is an RSA key of at least 2048 bits for RS256 signatures.
    var publicKey: Insecure.RSA.PublicKey? {
      guard kty == "RSA", use == nil || use == "sig",
        alg == nil || alg == AccessTokenClaims.algorithm, let n, let e
      else { return nil }
      return try? Insecure.RSA.PublicKey(modulus: n, exponent: e)
    }
  }

  var keys: [Key]
}
