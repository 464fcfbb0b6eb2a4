internal import NIOHTTP1

/// The rules about a body's headers.
enum RequestBody {
  /// Checks that a body is JSON in UTF-8 and not compressed.
  static func check(_ headers: HTTPHeaders) throws(Problem) {
    if let encoding = try headers.only("content-encoding"), encoding.lowercased() != "identity" {
      throw .unsupportedContentEncoding(encoding)
    }
    let value = try headers.only("content-type")
    guard let value, isJSON(value) else { throw .unsupportedMediaType(value) }
  }

  /// Whether a media type is `application/json`, with no charset or with UTF-8.
  private static func isJSON(_ value: String) -> Bool {
    let parts = value.split(separator: ";").map { part in
      part.split(separator: " ", omittingEmptySubsequences: true).joined().lowercased()
    }
    guard parts.first == "application/json" else { return false }
    return parts.dropFirst().allSatisfy { parameter in
      !parameter.hasPrefix("charset=") || parameter == "charset=utf-8"
        || parameter == "charset=\"utf-8\""
    }
  }
}
