/// The mark of a call that was not made, because no connection to its service could be had or all of them
/// had as many calls as they are given.
///
/// It is the cause of the error in the calling process only: an error that came over the network never
/// has it. Whoever sees it knows that nothing was changed.
public struct ServiceNotReached: Error, Sendable, CustomStringConvertible {
  /// Why not, for the operator.
  public let reason: (any Error)?

  /// Marks a call.
  public init(reason: (any Error)?) { self.reason = reason }

  /// Why not, for the log.
  public var description: String { reason.map { "\($0)" } ?? "no attempt has been made yet" }
}
