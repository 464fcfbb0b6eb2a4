import BenchContract
import Foundation
import Protobuf

/// The sample messages as files, for peers in other languages, and what those made of them.
enum SampleFiles {
  struct Mismatch: Error, CustomStringConvertible {
    let description: String
  }

  static func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try write(Samples.tick, "tick", to: folder)
    try write(Samples.order, "order", to: folder)
    try write(Samples.report, "report", to: folder)
  }

  /// Fails unless a peer that read our files wrote the same messages as `NAME.PEER.bin` and `NAME.PEER.json`.
  static func check(_ folder: String, peer: String) throws {
    try check(Samples.tick, "tick", folder, peer)
    try check(Samples.order, "order", folder, peer)
    try check(Samples.report, "report", folder, peer)
  }

  private static func write(_ message: some Message, _ name: String, to folder: String) throws {
    try Data(message.serialized()).write(to: URL(filePath: "\(folder)/\(name).bin"))
    try Data(message.json()).write(to: URL(filePath: "\(folder)/\(name).json"))
  }

  private static func check<M: Message>(
    _ message: M, _ name: String, _ folder: String, _ peer: String
  ) throws {
    let path = "\(folder)/\(name).\(peer)"
    guard try M(serialized: bytes(path + ".bin")) == message else {
      throw Mismatch(description: "\(path).bin is another message")
    }
    guard try M(json: bytes(path + ".json")) == message else {
      throw Mismatch(description: "\(path).json is another message")
    }
  }

  private static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path)))
  }
}
