import Foundation
import TestSupport
import Testing

/// A server does not start with a libnghttp2 that lacks a protection.
@Suite(.timeLimit(.minutes(5))) struct UnsafeLibraryTests {
  private struct NotFound: Error {}

  /// The library that this process uses.
  private static func library() throws -> (name: String, bytes: Data) {
    // Read to its end: the size that the system states is zero.
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/self/maps"))
    let maps = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    guard let line = maps.split(separator: "\n").first(where: { $0.contains("/libnghttp2.so") }),
      let path = line.split(separator: " ").last
    else { throw NotFound() }
    return ("libnghttp2.so.14", try Data(contentsOf: URL(filePath: String(path))))
  }

  @Test(
    "the start fails, and names what is missing",
    arguments: [
      "nghttp2_option_set_stream_reset_rate_limit", "nghttp2_option_set_max_continuations",
    ])
  func start(option: String) async throws {
    // The same library under whose name of the function nobody finds it any more.
    var (name, bytes) = try Self.library()
    let range = try #require(bytes.range(of: Data(option.utf8)))
    bytes[range.upperBound - 1] = UInt8(ascii: "_")
    let folder = try TemporaryFolder()
    try bytes.write(to: URL(filePath: "\(folder.path)/\(name)"))

    let outcome = try await Program.run(
      "TestingServer", [], environment: ["LD_LIBRARY_PATH": folder.path])
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.contains("libnghttp2"))
    #expect(outcome.errors.contains("lacks \(option)"))
  }
}
