import Foundation
import TestSupport
import Testing

/// What peers of several threads tell: a collector has as many exporters as there are processes.
@Suite struct PeerLinesTests {
  private struct Line: Decodable, Hashable {
    var thread: Int
    var number: Int
  }

  @Test("a line is whole, whichever threads write at once", .timeLimit(.minutes(5)))
  func linesAreWhole() async throws {
    let (threads, each) = (4, 10_000)
    let output = try await PythonPeer.run(
      script: "lines.py", arguments: ["\(threads)", "\(each)"], input: [])
    let lines = try output.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Line.self, from: Data($0))
    }
    #expect(lines.count == threads * each && Set(lines).count == threads * each)
  }
}
