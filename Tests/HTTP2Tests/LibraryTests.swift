import Testing

@testable import HTTP2

/// Which libraries are fit for use.
@Suite struct LibraryTests {
  private static let resets = "nghttp2_option_set_stream_reset_rate_limit"
  private static let continuations = "nghttp2_option_set_max_continuations"

  @Test(
    "a library is judged by its protections and not by its number",
    arguments: [
      // What Debian 12 has: both fixes on an old version.
      ("1.52.0", [resets, continuations], nil),
      // The same version as it was released.
      ("1.52.0", [], resets),
      // The first with the first fix, and the last without the second.
      ("1.57.0", [resets], continuations), ("1.60.0", [resets], continuations),
      // The first with both.
      ("1.61.0", [resets, continuations], nil), ("1.64.0", [resets, continuations], nil),
      ("1.99.0", [continuations], resets),
    ] as [(String, [String], String?)])
  func judgement(version: String, functions: [String], missing: String?) {
    let check = HTTP2Library(version: version, has: { functions.contains($0) }).check
    switch (check, missing) {
    case (.success, nil): break
    case (.failure(let error), let missing?):
      #expect(error == .unsafeLibrary(version: version, missing: missing))
      #expect(error.description.hasPrefix("libnghttp2 \(version) lacks \(missing)"))
    default: Issue.record("\(version) with \(functions)")
    }
  }

  @Test("the installed one is fit, and does not seem to have what it has not")
  func installed() throws {
    try HTTP2Library.installed.get()
  }
}
