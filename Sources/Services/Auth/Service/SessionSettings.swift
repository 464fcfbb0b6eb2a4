internal import AuthDomain
internal import ProcessKit

extension SessionRules {
  /// The seconds of `auth.sessions.idle_limit` and `auth.sessions.lifetime`: a minute to a year.
  static let lifetimeRange = 60.0...31_536_000.0
  /// The seconds of `auth.sessions.refresh_grace`.
  static let graceRange = 0.0...60.0
  /// The values of `auth.sessions.maximum_per_user`.
  static let maximumRange = 1...1_000

  /// A fortnight.
  static let standardIdleLimit: Duration = .seconds(14 * 86_400)
  /// A quarter of a year.
  static let standardLifetime: Duration = .seconds(90 * 86_400)
  /// What two tabs or a retry take.
  static let standardGrace: Duration = .seconds(10)
  /// More devices than a person has.
  static let standardMaximum = 50

  /// Reads the settings, and notes what is wrong with them.
  init(_ settings: inout Settings) {
    self.init(
      idleLimit: settings.seconds(
        "sessions.idle_limit", in: Self.lifetimeRange, default: Self.standardIdleLimit),
      lifetime: settings.seconds(
        "sessions.lifetime", in: Self.lifetimeRange, default: Self.standardLifetime),
      grace: settings.seconds(
        "sessions.refresh_grace", in: Self.graceRange, default: Self.standardGrace),
      maximumPerUser: settings.integer(
        "sessions.maximum_per_user", in: Self.maximumRange, default: Self.standardMaximum))
  }
}
