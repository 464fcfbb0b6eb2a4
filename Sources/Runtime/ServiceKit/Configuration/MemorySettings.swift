import ProcessKit
import RPCTransport

extension MemoryLimits {
  /// Reads the settings `connections.max_held_bytes`, `.max_held_bytes_total` and `.max_unsent_bytes`.
  init(_ settings: inout Settings) {
    self.init()
    connectionBytes = settings.integer(
      "connections.max_held_bytes", in: Self.range, default: connectionBytes)
    serverBytes = settings.integer(
      "connections.max_held_bytes_total", in: Self.range, default: serverBytes)
    unsentBytes = settings.integer(
      "connections.max_unsent_bytes", in: Self.range, default: unsentBytes)
  }

  /// What a setting may say: from what one small call needs to a terabyte.
  private static let range = 65_536...1_099_511_627_776
}
