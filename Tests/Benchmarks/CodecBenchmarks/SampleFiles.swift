import Foundation
import Protobuf

/// The sample messages as files, for peers in other languages.
enum SampleFiles {
  static func write(to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let files: [(String, [UInt8])] = [
      ("tick", Samples.tick.serialized()), ("order", Samples.order.serialized()),
      ("report", Samples.report.serialized()),
    ]
    for (name, bytes) in files {
      try Data(bytes).write(to: URL(filePath: folder).appending(path: "\(name).bin"))
    }
  }
}
