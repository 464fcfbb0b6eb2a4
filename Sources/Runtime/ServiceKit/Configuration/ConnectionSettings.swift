import ProcessKit
import RPCTransport

extension ConnectionManagement {
  /// Reads the settings `connections.…`; a time of 0 means never.
  init(_ settings: inout Settings) {
    self.init()
    func optional(_ key: String, _ fallback: Duration?) -> Duration? {
      let time = settings.seconds(
        key, in: 0...Self.longestSetting, default: fallback ?? .zero)
      return time == .zero ? nil : time
    }
    keepaliveTime = optional("connections.keepalive_time", keepaliveTime)
    keepaliveTimeout = settings.seconds(
      "connections.keepalive_timeout", in: 0.1...600, default: keepaliveTimeout)
    minimumPingInterval = settings.seconds(
      "connections.min_ping_interval", in: 0...Self.longestSetting, default: minimumPingInterval)
    minimumIdlePingInterval = settings.seconds(
      "connections.min_idle_ping_interval", in: 0...Self.longestSetting,
      default: minimumIdlePingInterval)
    maximumIdle = optional("connections.max_idle", maximumIdle)
    maximumAge = optional("connections.max_age", maximumAge)
    maximumAgeGrace = optional("connections.max_age_grace", maximumAgeGrace)
    maximumStall = optional("connections.max_stall", maximumStall)
  }

  /// The most seconds that a setting may say: thirty days.
  private static let longestSetting = 2_592_000.0
}
