internal import CNGHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What is known of a libnghttp2, and whether it is fit for use.
///
/// Debian fixed the CONTINUATION flood (CVE-2024-28182) and the rate of resets (CVE-2023-44487) without
/// changing the version number, so what tells a fixed library from another is that it has the options.
struct HTTP2Library {
  /// What it says of itself.
  let version: String
  /// Whether it has a function.
  let has: (String) -> Bool

  /// The options that came with the protections, in the order of their versions: 1.57.0 and 1.61.0.
  static let requiredOptions = [
    "nghttp2_option_set_stream_reset_rate_limit", "nghttp2_option_set_max_continuations",
  ]

  /// Whether it is fit for use: the failure names what it lacks.
  var check: Result<Void, HTTP2Error> {
    for option in Self.requiredOptions where !self.has(option) {
      return .failure(.unsafeLibrary(version: self.version, missing: option))
    }
    return .success(())
  }

  /// Whether the installed one is.
  static let installed = HTTP2Library(
    version: nghttp2_version(0).map { String(cString: $0.pointee.version_str) }
      ?? "of unknown version",
    has: { dlsym(nil, $0) != nil }
  ).check
}
