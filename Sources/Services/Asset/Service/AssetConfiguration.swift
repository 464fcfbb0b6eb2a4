import AssetDomain
import Configuration
import Core
import ProcessKit

/// The settings of this service's own; each is `asset.<key>`, in the environment `ASSET_<KEY>`.
struct AssetConfiguration: Sendable {
  /// The assets that deposits may be of: `listed`, `USD` unless told.
  ///
  /// What is traded comes by trades: a position is the fold of its fills, so that units that come
  /// another way would be in a wallet and in no position, and selling them would look like a short sale.
  var listed: Set<AssetID>

  /// Reads the settings.
  ///
  /// - Throws: every problem there is.
  init(_ reader: ConfigReader, service: String) throws(ConfigurationError) {
    var settings = Settings(reader, service: service)
    listed =
      settings.value(
        "listed", rule: "must be codes of assets such as USD, by commas",
        default: [AssetID(rawValue: "USD")]
      ) { text in
        let codes = text.split(separator: ",", omittingEmptySubsequences: false)
        let assets = codes.compactMap { AssetID(code: String($0)) }
        return assets.count == codes.count ? Set(assets) : nil
      } ?? []
    try settings.finish()
  }
}

extension AssetID {
  /// The longest code, in characters.
  static let maxLength = 12

  /// Reads a code from outside; nil unless it has 1 to 12 upper-case letters, digits, dots and dashes.
  init?(code text: String) {
    guard (1...Self.maxLength).contains(text.utf8.count) else { return nil }
    let isCode = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isCode else { return nil }
    self.init(rawValue: text)
  }
}
