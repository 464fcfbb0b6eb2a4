import Checks
import Foundation
import Protobuf
import TestingContract

/// Mutated messages by number: the same seed gives the same inputs.
///
///     Mutations COUNT [SEED]     checks COUNT inputs, half of them binary, half JSON
///     Mutations --corpus FOLDER  writes messages for libFuzzer to begin with
@main enum Mutations {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.first == "--corpus", arguments.count == 2 {
      try writeCorpus(to: arguments[1])
    } else if let count = arguments.first.flatMap(Int.init) {
      run(count, seed: arguments.dropFirst().first.flatMap(UInt64.init) ?? 1)
    } else {
      print("usage: Mutations COUNT [SEED] | Mutations --corpus FOLDER")
      exit(2)
    }
  }

  private static func run(_ count: Int, seed: UInt64) {
    var messages = Messages(seed: seed)
    var (read, refused) = (0, 0)
    for round in 0..<count / 2 {
      // A message serves for some mutations: making one costs more than reading it.
      if round % 16 == 0 { messages.advance() }
      let isBinary = messages.mutatedBinary().withUnsafeBytes { Checks.binary($0) }
      let isJSON = messages.mutatedJSON().withUnsafeBufferPointer { Checks.json($0) }
      read += (isBinary ? 1 : 0) + (isJSON ? 1 : 0)
      refused += (isBinary ? 0 : 1) + (isJSON ? 0 : 1)
    }
    // Inputs that are all refused, or all read, would show nothing.
    precondition(read > count / 100 && refused > count / 100, "\(read) read, \(refused) refused")
    print("\(read + refused) inputs: \(read) read and written back, \(refused) refused")
  }

  private static func writeCorpus(to folder: String) throws {
    var messages = Messages(seed: 1)
    for kind in ["binary", "json"] {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(kind)", withIntermediateDirectories: true)
    }
    for index in 0..<200 {
      messages.advance()
      try Data(messages.binary).write(to: URL(filePath: "\(folder)/binary/\(index)"))
      try Data(messages.json).write(to: URL(filePath: "\(folder)/json/\(index)"))
    }
  }
}

/// Random messages and mutations of them.
private struct Messages {
  private var generator: MessageGenerator
  private(set) var binary: [UInt8] = []
  private(set) var json: [UInt8] = []
  private let options = JSONEncodingOptions(types: TypeRegistry(TestingV1.messages))

  init(seed: UInt64) {
    // The order of a map's entries would differ from run to run.
    generator = MessageGenerator(seed: seed, maximumMapEntries: 1)
    generator.fill = 20
  }

  mutating func advance() {
    let message = generator.kitchenSink(depth: 1)
    binary = message.serialized()
    json = message.json(options: options)
  }

  mutating func mutatedBinary() -> [UInt8] {
    var bytes = binary
    generator.mutate(&bytes)
    return bytes
  }

  mutating func mutatedJSON() -> [UInt8] {
    var bytes = json
    generator.mutate(&bytes)
    return bytes
  }
}
