internal import NIOHTTP1
internal import Transcoding

/// The gateway's own files.
extension Edge {
  /// What a browser has may be used once the gateway has said that it is still so.
  private static let askAgain = "no-cache"
  private static let keepForEver = "public, max-age=31536000, immutable"

  /// Answers a request for a file: whole, or by 304 where the client has it.
  ///
  /// HEAD is GET here; the connection leaves the body out. Ranges are not served: the header may be
  /// ignored (RFC 9110 section 14.2), and the largest file is a megabyte.
  func serve(_ file: StaticFile, _ head: RequestHead) throws(Problem) -> EdgeResponse {
    guard head.verb == .get else {
      throw .methodNotAllowed(head.method, allowed: ["GET", "HEAD"])
    }
    let takesGzip = ContentCoding.takesGzip(
      head.headers[canonicalForm: "accept-encoding"].map(String.init))
    let chosen = takesGzip ? file.gzip ?? file.plain : file.plain
    var headers = PagePolicy.headers(of: file)
    headers.append(("etag", chosen.entityTag))
    headers.append(("cache-control", file.isImmutable ? Self.keepForEver : Self.askAgain))
    if let gzip = file.gzip {
      headers.append(("vary", "accept-encoding"))
      if chosen.entityTag == gzip.entityTag { headers.append(("content-encoding", "gzip")) }
    }
    if EntityTags.list(head.headers["if-none-match"], namesOneOf: [chosen.entityTag]) {
      headers.removeAll { $0.name == "content-encoding" }
      return EdgeResponse(status: 304, contentType: nil, headers: headers)
    }
    return EdgeResponse(
      status: 200, contentType: file.contentType, headers: headers, body: chosen.body)
  }
}
