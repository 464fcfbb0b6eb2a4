internal import Crypto
internal import Gzip

/// One file that the gateway serves, with everything that is sent of it made once.
struct StaticFile: Sendable {
  /// The file in one encoding: two encodings are two representations, each with a tag of its own
  /// (RFC 9110 section 8.8.3.3).
  struct Representation: Sendable {
    let body: [UInt8]
    let entityTag: String
  }

  /// Files smaller than this are not worth compressing: they fit one packet as they are.
  static let minimumGzipBytes = 1_400

  /// Where it is found: `/assets/js/app.js`.
  let path: String

  /// The media type, with the charset of texts.
  let contentType: String

  /// The file as it is.
  let plain: Representation

  /// The file compressed, where that makes it smaller.
  let gzip: Representation?

  /// - Parameter path: Where it is found; `/` and paths without a suffix are HTML.
  init(path: String, body: [UInt8]) {
    self.path = path
    contentType = Self.contentType(of: path)
    let digest = Self.digest(body)
    plain = Representation(body: body, entityTag: "\"\(digest)\"")
    guard body.count >= Self.minimumGzipBytes, Self.compresses(contentType) else {
      gzip = nil
      return
    }
    // What cannot be compressed, for want of memory, is sent as it is.
    let compressed = try? Gzip.deflate(body)
    gzip = compressed.flatMap { compressed in
      compressed.count < body.count
        ? Representation(body: compressed, entityTag: "\"\(digest)-gzip\"") : nil
    }
  }

  /// Whether a browser may keep the file without asking: only vendored files never change under their
  /// path, which names their version.
  var isImmutable: Bool { path.hasPrefix("/assets/vendor/") }

  private static func digest(_ body: [UInt8]) -> String {
    SHA256.hash(data: body).prefix(16).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0\(text)" : text
    }.joined()
  }

  private static func contentType(of path: String) -> String {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return "text/html; charset=utf-8" }
    return switch name[name.index(after: dot)...] {
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    case "txt": "text/plain; charset=utf-8"
    // Not guessed by the browser either: every answer says nosniff.
    default: "application/octet-stream"
    }
  }

  private static func compresses(_ contentType: String) -> Bool {
    contentType.hasPrefix("text/") || ["application/json", "image/svg+xml"].contains(contentType)
  }
}
