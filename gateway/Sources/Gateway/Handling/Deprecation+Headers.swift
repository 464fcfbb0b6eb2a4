internal import Core
internal import Transcoding

extension Deprecation {
  /// What every answer of the operation says of it: since when it is deprecated (RFC 9745), from when on it may be gone
  /// (RFC 8594), and where to read more.
  var headers: [(name: String, value: String)] {
    var headers = [(name: "deprecation", value: "@\(since.seconds)")]
    if let sunset { headers.append(("sunset", HTTPDate.of(sunset))) }
    if let link { headers.append(("link", "<\(link)>; rel=\"deprecation\"")) }
    return headers
  }
}
