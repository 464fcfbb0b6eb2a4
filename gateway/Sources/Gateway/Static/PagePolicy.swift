/// What a browser may do for the gateway's pages: everything comes from here, and nothing written into a
/// page is run.
enum PagePolicy {
  /// For the gateway's own pages: scripts and styles are files, no string becomes markup (Trusted Types),
  /// and the page talks to its own origin only.
  static let own = contentSecurityPolicy(
    imageSources: "'self'", extra: "; require-trusted-types-for 'script'")

  /// For the viewer of the API's description, which draws its signs as `data:` images and builds markup.
  static let viewer = contentSecurityPolicy(imageSources: "'self' data:", extra: "")

  /// The headers of a file, beside those of its contents and those of every response.
  static func headers(of file: StaticFile) -> [(name: String, value: String)] {
    let isViewer = file.path == StaticFile.viewerPath
    return [
      ("content-security-policy", isViewer ? viewer : own),
      ("cross-origin-opener-policy", "same-origin"),
      ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ]
  }

  private static func contentSecurityPolicy(imageSources: String, extra: String) -> String {
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src \(imageSources); "
      + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\(extra)"
  }
}

extension StaticFile {
  /// The page that shows the API's description.
  static let viewerPath = "/docs"
}
