import Foundation
public import RPC

/// How a command line writes the parts of a call.
public enum CallText {
  private static let units: [(suffix: String, milliseconds: Double)] = [
    ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000),
  ]

  /// The longest deadline that gRPC can carry in whole hours, eight digits of them, is out of reach of
  /// any call; a day is long enough.
  public static let longestDeadline: Duration = .seconds(24 * 3600)

  /// A deadline such as `2s`, `500ms`, `1.5s` or `10m`; nil if it is none, or not between 0 and
  /// ``longestDeadline``.
  public static func deadline(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    guard let unit = units.first(where: { $0.suffix == text[digits.endIndex...] }),
      let number = Double(digits), number > 0
    else { return nil }
    let milliseconds = number * unit.milliseconds
    guard milliseconds >= 1, milliseconds <= Double(longestDeadline.components.seconds) * 1000
    else { return nil }
    return .milliseconds(Int64(milliseconds))
  }

  /// Adds `name=value`; the value of a name that ends in `-bin` is base64.
  ///
  /// - Throws: ``CallFailure/usage(_:)`` with what is wrong.
  public static func add(_ text: String, to metadata: inout Metadata) throws(CallFailure) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw .usage("metadata is name=value, got \"\(text)\"")
    }
    let name = text[..<equals].lowercased()
    let value = String(text[text.index(after: equals)...])
    let bytes = Data(base64Encoded: padded(value)).map { [UInt8]($0) }
    do throws(MetadataError) {
      guard name.hasSuffix("-bin") else { return try metadata.add(name, value) }
      if let bytes { return try metadata.add(name, bytes: bytes) }
    } catch {
      throw .usage(error.description)
    }
    throw .usage("the value of \(name) is base64, got \"\(value)\"")
  }

  private static func padded(_ base64: String) -> String {
    base64 + String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
  }
}
