internal import CNGHTTP2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The installed libnghttp2, if it is fit for use.
///
/// Debian fixed the CONTINUATION flood (CVE-2024-28182) and the rate of resets (CVE-2023-44487) without
/// changing the version number, so what tells a fixed library from another is that it has the options.
enum HTTP2Library {
  typealias SetContinuations = @convention(c) (OpaquePointer?, Int) -> Void

  private static let requiredOptions = [
    "nghttp2_option_set_max_continuations", "nghttp2_option_set_stream_reset_rate_limit",
  ]

  /// Whether the library is fit for use.
  static let check: Result<Void, HTTP2Error> = {
    for option in Self.requiredOptions where dlsym(nil, option) == nil {
      let version = nghttp2_version(0).map { String(cString: $0.pointee.version_str) }
      return .failure(.unsafeLibrary(version: version ?? "of unknown version", missing: option))
    }
    return .success(())
  }()
}
