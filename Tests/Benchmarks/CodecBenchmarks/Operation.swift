import BenchContract
import Protobuf

/// One thing that is measured.
struct Operation {
  let name: String
  /// Returns a number that is not zero, so that it cannot be optimised away and a failure shows.
  let body: () -> Int

  /// Reading and writing each message in both forms.
  static var all: [Operation] {
    operations("tick", Samples.tick) + operations("order", Samples.order)
      + operations("report", Samples.report)
  }

  /// A new message each time, as a server decodes each request into its own.
  private static func operations<M: Message>(_ name: String, _ message: M) -> [Operation] {
    let bytes = message.serialized()
    let text = message.json()
    return [
      Operation(name: "\(name)_decode") { (try? M(serialized: bytes)).map { _ in 1 } ?? 0 },
      Operation(name: "\(name)_encode") { message.serialized().count },
      Operation(name: "\(name)_json_decode") { (try? M(json: text)).map { _ in 1 } ?? 0 },
      Operation(name: "\(name)_json_encode") { message.json().count },
    ]
  }
}
