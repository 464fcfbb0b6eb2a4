internal import Crypto
internal import Foundation

/// A refresh token: 256 random bits, of which the database keeps the hash.
///
/// Bits that nobody chose need no slow hash: they cannot be guessed, whoever reads the table.
struct RefreshToken: Sendable {
  /// The random bytes.
  static let bytes = 32

  /// The token as its holder has it: base64 in the alphabet of RFC 4648 section 5, without padding.
  let text: String

  /// Draws a token from the system's generator, which is made for keys.
  init() {
    var generator = SystemRandomNumberGenerator()
    let bytes = (0..<Self.bytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    text = Data(bytes).base64URL
  }

  /// Takes what a caller has shown.
  init(shown text: String) { self.text = text }

  /// What is stored of it: the SHA-256 of its text.
  var hash: [UInt8] { Array(SHA256.hash(data: Data(text.utf8))) }
}

extension RefreshToken: CustomStringConvertible {
  /// Nothing: who reads a token holds the session.
  var description: String { "(refresh token)" }
}
