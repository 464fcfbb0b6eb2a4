import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A C program over protobuf-c: what protoc-c makes of the kitchen sink's contract, and
/// `Tests/Peers/protobuf_c_peer.c`.
struct ProtobufCPeer: Sendable {
  /// Built once, when the first test asks.
  static let shared = Task { try await ProtobufCPeer() }

  /// What the program made of a message.
  enum Answer: Equatable {
    /// It read it, and wrote this.
    case written([UInt8])
    /// It read it, but did not know a field of it, and wrote this.
    case unknown([UInt8])
    case refused
  }

  enum Failure: Error {
    case tool(String, errors: String)
    case died
  }

  /// The contracts it is built from: protoc-c refuses proto3 `optional`, so each such field stands in a
  /// oneof of its own, which is the same on the wire.
  private static let contracts =
    ["alphintra/testing/v1/kitchen_sink.proto", "alphintra/type/decimal.proto"]
    + ["any", "duration", "empty", "field_mask", "struct", "timestamp", "wrappers"].map {
      "google/protobuf/\($0).proto"
    }

  private let folder: TemporaryFolder

  private init() async throws {
    folder = try TemporaryFolder()
    let generated = try await ProtobufCPeer.generate(in: folder, rewritingOptionals: true)
    let sources = ProtobufCPeer.contracts.map {
      "\(generated)/\($0.replacing(".proto", with: ".pb-c.c"))"
    }
    try await ProtobufCPeer.run(
      "cc",
      ["-std=c11", "-O1", "-Wall", "-Wno-missing-braces", "-Werror", "-I\(generated)"] + [
        "-o", "\(folder.path)/peer", "\(PythonPeer.repository)/Tests/Peers/protobuf_c_peer.c",
      ] + sources + ["-lprotobuf-c"])
  }

  /// Has protoc-c generate its code for the contracts.
  ///
  /// - Returns: The folder of the code.
  @discardableResult
  static func generate(
    in folder: TemporaryFolder, rewritingOptionals: Bool
  ) async throws -> String {
    let protos = "\(PythonPeer.repository)/protos"
    let text = try String(contentsOfFile: "\(protos)/\(contracts[0])", encoding: .utf8)
    let rewritten = "\(folder.path)/protos/\(contracts[0])"
    let generated = "\(folder.path)/generated"
    for path in [generated, URL(filePath: rewritten).deletingLastPathComponent().path] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    let optional = /optional (?<type>[A-Za-z0-9_.]+) (?<name>[a-z0-9_]+) = (?<number>[0-9]+);/
    let contract = text.replacing(optional) {
      rewritingOptionals
        ? "oneof _\($0.name) { \($0.type) \($0.name) = \($0.number); }" : String($0.output.0)
    }
    try Data(contract.utf8).write(to: URL(filePath: rewritten))
    try await run(
      "protoc-c",
      ["-I\(folder.path)/protos", "-I\(protos)", "-I/usr/include", "--c_out=\(generated)"]
        + contracts)
    return generated
  }

  /// Has the program read messages and write them again.
  func echo(_ messages: [[UInt8]]) async throws -> [Answer] {
    let frames = messages.flatMap { message in
      [UInt8(ascii: "B")]
        + (0..<4).reversed().map { UInt8(truncatingIfNeeded: message.count >> ($0 * 8)) } + message
    }
    var answers = try await output("echo", frames)[...]
    return try messages.map { _ in
      let header = answers.prefix(5)
      let count = header.dropFirst().reduce(0) { $0 << 8 | Int($1) }
      let content = Array(answers.dropFirst(5).prefix(count))
      try #require(header.count == 5 && content.count == count, "an answer is cut short")
      answers = answers.dropFirst(5 + count)
      return switch header.first {
      case UInt8(ascii: "B"): .written(content)
      case UInt8(ascii: "U"): .unknown(content)
      default: .refused
      }
    }
  }

  /// The message the program writes of its own.
  func golden() async throws -> [UInt8] { try await output("golden", []) }

  private func output(_ command: String, _ input: [UInt8]) async throws -> [UInt8] {
    let result = try await Subprocess.run(
      .path(FilePath("\(folder.path)/peer")), arguments: [command], input: .array(input),
      output: .bytes(limit: 1 << 28), error: .string(limit: 1 << 16))
    guard result.terminationStatus.isSuccess else { throw Failure.died }
    return result.standardOutput
  }

  private static func run(_ tool: String, _ arguments: [String]) async throws {
    let result = try await Subprocess.run(
      .name(tool), arguments: Arguments(arguments), output: .discarded,
      error: .string(limit: 1 << 20))
    guard result.terminationStatus.isSuccess else {
      throw Failure.tool(tool, errors: result.standardError)
    }
  }
}
