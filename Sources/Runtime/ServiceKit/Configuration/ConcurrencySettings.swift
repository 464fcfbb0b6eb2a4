import ProcessKit
import RPC

extension ConcurrencyLimits {
  /// Reads the settings `calls.…`.
  init(_ settings: inout Settings) {
    self.init(
      calls: settings.integer(
        "calls.limit", in: 1...Self.largestSetting, default: Self.defaultCalls),
      waitingCalls: settings.integer(
        "calls.queue", in: 0...Self.largestSetting, default: Self.defaultWaitingCalls),
      longestWait: settings.seconds(
        "calls.queue_time", in: 0.001...60, default: Self.defaultLongestWait),
      streams: settings.integer(
        "calls.streams_limit", in: 1...Self.largestSetting, default: Self.defaultStreams))
  }

  /// The most that a setting may say.
  private static let largestSetting = 1_000_000
}
