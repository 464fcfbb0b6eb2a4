import BenchContract
import Protobuf

/// Measures the codec on one core.
///
/// Called by `make bench`; prints `name nanoseconds` a line.
///
/// `CodecBenchmarks` measures; `CodecBenchmarks --write FOLDER` writes the messages for the peers instead.
@main enum CodecBenchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments
    switch arguments.dropFirst().first {
    case nil:
      measureAll()
    case "--write" where arguments.count == 3:
      try SampleFiles.write(to: arguments[2])
    default:
      print("usage: CodecBenchmarks [--write FOLDER]")
    }
  }

  private static func measureAll() {
    measure("tick", Samples.tick)
    measure("order", Samples.order)
    measure("report", Samples.report)
    measureJSON("order", Samples.order)
  }

  private static func measure<M: Message>(_ name: String, _ message: M) {
    let bytes = message.serialized()
    Stopwatch.report("\(name)_decode") {
      (try? M(serialized: bytes)).map { _ in 1 } ?? 0
    }
    Stopwatch.report("\(name)_encode") {
      message.serialized().count
    }
  }

  private static func measureJSON<M: Message>(_ name: String, _ message: M) {
    let text = message.json()
    Stopwatch.report("\(name)_json_decode") {
      (try? M(json: text)).map { _ in 1 } ?? 0
    }
    Stopwatch.report("\(name)_json_encode") {
      message.json().count
    }
  }
}
