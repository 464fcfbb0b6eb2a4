/// Tells the time of day.
///
/// What decides takes an `Instant` as an argument; only what acts asks a clock.
public protocol Clock: Sendable {
  /// The current time.
  var now: Instant { get }
}
