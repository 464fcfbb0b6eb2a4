import Foundation
import SwiftProtobuf

/// The codec benchmark's peer: swift-protobuf on the same bytes.
///
/// Prints `name nanoseconds` a line, best of all rounds.
/// Its JSON is its own: it reads an enum's values by their full names only. `SwiftProtobufPeer FOLDER` measures with
/// FOLDER/NAME.bin; `--check FOLDER` writes what it read and wrote again as FOLDER/NAME.swift.bin and NAME.swift.json.
@main enum SwiftProtobufPeer {
  static let rounds = 150
  static let roundLength: Duration = .milliseconds(2)

  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.count == 2, arguments[0] == "--check" {
      try check(Bench_V1_Tick.self, "tick", arguments[1])
      try check(Bench_V1_DetailedOrder.self, "order", arguments[1])
      try check(Bench_V1_Report.self, "report", arguments[1])
    } else if arguments.count == 1 {
      try measure(Bench_V1_Tick.self, "tick", arguments[0])
      try measure(Bench_V1_DetailedOrder.self, "order", arguments[0])
      try measure(Bench_V1_Report.self, "report", arguments[0])
    } else {
      print("usage: SwiftProtobufPeer [--check] FOLDER")
    }
  }

  private static func check<M: Message>(_ type: M.Type, _ name: String, _ folder: String) throws {
    let json: [UInt8] = try M(serializedBytes: bytes(folder, name)).jsonUTF8Bytes()
    let binary: [UInt8] = try M(jsonUTF8Bytes: json).serializedBytes()
    try Data(json).write(to: URL(filePath: "\(folder)/\(name).swift.json"))
    try Data(binary).write(to: URL(filePath: "\(folder)/\(name).swift.bin"))
  }

  /// A new message each time, as a server decodes each request into its own.
  private static func measure<M: Message>(
    _ type: M.Type, _ name: String, _ folder: String
  ) throws {
    let binary = try bytes(folder, name)
    let message = try M(serializedBytes: binary)
    let text: [UInt8] = try message.jsonUTF8Bytes()
    report("\(name)_decode") { (try? M(serializedBytes: binary)).map { _ in 1 } ?? 0 }
    report("\(name)_encode") { ((try? message.serializedBytes()) as [UInt8]?)?.count ?? 0 }
    report("\(name)_json_decode") { (try? M(jsonUTF8Bytes: text)).map { _ in 1 } ?? 0 }
    report("\(name)_json_encode") { ((try? message.jsonUTF8Bytes()) as [UInt8]?)?.count ?? 0 }
  }

  private static func report(_ name: String, _ operation: () -> Int) {
    var iterations = 1
    while time(iterations, operation) < roundLength { iterations *= 2 }
    let best = (0..<rounds).map { _ in time(iterations, operation) }.min() ?? .zero
    let nanoseconds =
      (Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9)
      / Double(iterations)
    print("\(name) \((nanoseconds * 10).rounded() / 10)")
  }

  private static func time(_ iterations: Int, _ operation: () -> Int) -> Duration {
    var sum = 0
    let elapsed = ContinuousClock().measure {
      for _ in 0..<iterations { sum &+= operation() }
    }
    precondition(sum != 0)
    return elapsed
  }

  private static func bytes(_ folder: String, _ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name).bin")))
  }
}
