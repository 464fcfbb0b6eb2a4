internal import AuthContract
internal import Core
public import Logging
public import Mesh
internal import Protobuf
public import RPC

/// Has a verifier refuse the tokens of sessions as they end, within a second or two, not ten.
///
/// The auth service tells first of all sessions that ended before their tokens, so nothing is missed that happened while
/// it could not be asked, or before this process began. While it cannot be asked nothing changes.
public struct EndedSessionWatch: Sendable {
  /// The first wait before an ended stream is opened again; it doubles up to ``maximumBackoff``.
  static let minimumBackoff: Duration = .milliseconds(100)
  /// The longest wait before an ended stream is opened again.
  static let maximumBackoff: Duration = .seconds(2)
  /// How long tokens live at most whose end is not told.
  static let longestTokenLife: Duration = .seconds(3_600)

  private let auth: any RPCChannel
  private let verifier: JWKSTokenVerifier
  private let logger: Logger
  private let didEnd: @Sendable (Set<String>) -> Void

  /// A watch that is not running yet.
  ///
  /// - Parameters:
  ///   - auth: the way to the auth service.
  ///   - didEnd: told of the sessions by their ids, when the verifier refuses their tokens already; perhaps more than
  ///     once of one.
  public init(
    auth: any RPCChannel, verifier: JWKSTokenVerifier, logger: Logger,
    didEnd: @escaping @Sendable (Set<String>) -> Void
  ) {
    self.auth = auth
    self.verifier = verifier
    self.logger = logger
    self.didEnd = didEnd
  }

  /// Watches until the task is cancelled.
  public func run() async {
    var backoff = Self.minimumBackoff
    var isLost = false
    while !Task.isCancelled {
      do throws(RPCError) {
        let stream = try await AuthV1.AuthServiceClient(auth).watchEndedSessions(
          .init(), options: CallOptions(forwardsUser: false))
        for try await message in stream {
          if isLost { logger.notice("ended sessions are told again") }
          isLost = false
          backoff = Self.minimumBackoff
          take(message)
        }
      } catch {
        if !isLost, !Task.isCancelled {
          logger.notice("ended sessions are not told", metadata: ["cause": "\(error)"])
        }
        isLost = true
      }
      // Gateways that lost one server do not come back in the same moment.
      try? await Task.sleep(for: backoff * Double.random(in: 0.5...1))
      backoff = min(backoff * 2, Self.maximumBackoff)
    }
  }

  private func take(_ message: AuthV1.EndedSessions) {
    guard !message.sessions.isEmpty else { return }
    let now = SystemClock().now
    verifier.refuse(
      message.sessions.map { session in
        EndedSession(
          id: session.sessionID,
          tokensExpireAt: session.tokensExpireAt?.instant ?? (now + Self.longestTokenLife))
      })
    didEnd(Set(message.sessions.map(\.sessionID)))
  }
}
