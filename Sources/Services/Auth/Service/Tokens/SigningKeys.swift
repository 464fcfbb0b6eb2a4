internal import Crypto
internal import CryptoExtras
internal import Foundation
internal import Mesh

/// The RSA keys of access tokens: the first signs, all are published.
///
/// A key is replaced in three steps, each a restart: the new one is added behind the old and
/// published; once every verifier has fetched it (``keySetMaximumAge``) it is put first and signs;
/// once the last token of the old one has ended, the old one is removed.
struct SigningKeys: Sendable {
  /// Shorter keys are refused (RFC 7518 section 3.3).
  static let minimumBits = 2_048
  /// Longer keys make every verification slow.
  static let maximumBits = 8_192
  /// More than a rotation ever needs.
  static let maximumKeys = 8
  /// More text than that many keys have.
  static let maximumFileBytes = 128 * 1_024
  /// How long verifiers may use the published keys before they ask again.
  static let keySetMaximumAge: Duration = .seconds(300)

  /// One key.
  struct Key: Sendable {
    /// The key's id: its thumbprint (RFC 7638), so that it never names another key.
    let id: String
    let privateKey: _RSA.Signing.PrivateKey
    /// The public key as published.
    fileprivate let published: PublishedKey
  }

  /// The keys in the order of the file; never empty.
  let keys: [Key]
  /// The key that signs.
  let signing: Key
  /// What is published: a JSON Web Key Set (RFC 7517).
  let keySet: KeySetDocument

  /// Reads the private keys of a PEM file: PKCS #8 or PKCS #1, not encrypted.
  init(path: String) throws(SigningKeysError) {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable }
    guard data.count <= Self.maximumFileBytes else { throw .tooLong }
    try self.init(pem: String(decoding: data, as: UTF8.self))
  }

  /// Reads private keys in PEM.
  init(pem: String) throws(SigningKeysError) {
    let sections = PEMSection.all(in: pem)
    guard sections.count <= Self.maximumKeys else { throw .tooMany(sections.count) }
    var keys: [Key] = []
    for (index, section) in sections.enumerated() {
      let key = try Self.key(section, number: index + 1)
      guard !keys.contains(where: { $0.id == key.id }) else { throw .repeated(number: index + 1) }
      keys.append(key)
    }
    guard let signing = keys.first else { throw .noKey }
    let published = PublishedKeySet(keys: keys.map(\.published))
    guard let json = try? JSONEncoder.sorted.encode(published) else { throw .noKey }
    self.keys = keys
    self.signing = signing
    keySet = KeySetDocument(
      json: String(decoding: json, as: UTF8.self), maximumAge: Self.keySetMaximumAge)
  }

  private static func key(
    _ section: PEMSection, number: Int
  ) throws(SigningKeysError) -> Key {
    guard section.label == "PRIVATE KEY" || section.label == "RSA PRIVATE KEY" else {
      throw .notAPrivateKey(number: number, label: section.label)
    }
    // The strict initializer would refuse a short key without saying how short it is.
    guard
      let privateKey = try? _RSA.Signing.PrivateKey(unsafePEMRepresentation: section.text),
      let numbers = try? privateKey.publicKey.getKeyPrimitives()
    else { throw .unusable(number: number) }
    guard (minimumBits...maximumBits).contains(privateKey.keySizeInBits) else {
      throw .wrongSize(number: number, bits: privateKey.keySizeInBits)
    }
    let n = numbers.modulus.base64URL
    let e = numbers.publicExponent.base64URL
    let members = #"{"e":"\#(e)","kty":"RSA","n":"\#(n)"}"#
    let id = Data(SHA256.hash(data: Data(members.utf8))).base64URL
    return Key(id: id, privateKey: privateKey, published: PublishedKey(kid: id, n: n, e: e))
  }
}

/// Why a file is no set of signing keys; says what it must hold, and nothing of what it holds.
enum SigningKeysError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadable
  case tooLong
  case noKey
  case tooMany(Int)
  case notAPrivateKey(number: Int, label: String)
  case unusable(number: Int)
  case wrongSize(number: Int, bits: Int)
  case repeated(number: Int)

  var description: String {
    switch self {
    case .unreadable: "must name a readable file"
    case .tooLong: "must name a file of at most \(SigningKeys.maximumFileBytes) bytes"
    case .noKey: "must name a file with at least one private key in PEM"
    case .tooMany(let count):
      "must name a file of at most \(SigningKeys.maximumKeys) keys (it has \(count))"
    case .notAPrivateKey(let number, let label):
      "must name a file of private keys only (section \(number) is \(label))"
    case .unusable(let number):
      "must name a file of RSA keys without a passphrase (key \(number) is none)"
    case .wrongSize(let number, let bits):
      """
      must name a file of RSA keys of \(SigningKeys.minimumBits) to \(SigningKeys.maximumBits) bits \
      (key \(number) has \(bits))
      """
    case .repeated(let number):
      "must name a file of different keys (key \(number) stands there before)"
    }
  }
}

/// A public key as a JSON Web Key (RFC 7517 section 4, RFC 7518 section 6.3.1).
private struct PublishedKey: Encodable {
  var kty = "RSA"
  var use = "sig"
  var alg = AccessTokenClaims.algorithm
  let kid: String
  let n: String
  let e: String
}

private struct PublishedKeySet: Encodable {
  let keys: [PublishedKey]
}

extension JSONEncoder {
  /// Writes the same text for the same value.
  fileprivate static var sorted: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}

extension Data {
  /// Base64 in the alphabet of RFC 4648 section 5, without padding.
  var base64URL: String {
    base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
