import BenchContract
import Protobuf

/// Measures the codec on one core.
///
/// Called by `make bench`; prints `name nanoseconds` a line.
///
/// `CodecBenchmarks` measures. `--write FOLDER` writes the messages for the peers, `--check FOLDER PEER` compares what
/// a peer read and wrote again. `--repeat NAME COUNT` runs one operation, for a profiler.
@main enum CodecBenchmarks {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case nil:
      for operation in Operation.all { Stopwatch.report(operation) }
    case "--write" where arguments.count == 2:
      try SampleFiles.write(to: arguments[1])
    case "--check" where arguments.count == 3:
      try SampleFiles.check(arguments[1], peer: arguments[2])
    case "--repeat" where arguments.count == 3:
      let operations = Operation.all.filter { $0.name == arguments[1] }
      guard let operation = operations.first, let count = Int(arguments[2]) else { fallthrough }
      for _ in 0..<count { precondition(operation.body() != 0) }
    default:
      print("usage: CodecBenchmarks [--write FOLDER | --check FOLDER PEER | --repeat NAME COUNT]")
    }
  }
}
