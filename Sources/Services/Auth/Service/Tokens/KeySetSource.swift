internal import AuthDomain
internal import Core
internal import Mesh

/// What verifiers of tokens are told: the keys, and the sessions that have ended.
struct KeySetSource: Sendable {
  /// How long a verifier may use the list of ended sessions: so long a token outlives its session at most.
  static let endedSessionsMaximumAge: Duration = .seconds(10)
  /// By how much the clocks of two replicas may differ.
  static let clockTolerance: Duration = .seconds(60)

  let keys: KeySetDocument
  let sessions: SessionStore
  let clock: any Core.Clock

  /// The document as it is now.
  nonisolated(nonsending) func document() async throws -> KeySetDocument {
    let start = clock.now - LogIn.accessTokenLifetime - Self.clockTolerance
    var document = keys
    let ended = try await sessions.ended(after: start, usedAfter: start)
    document.endedSessions = Set(ended.map(\.id.rawValue))
    document.endedSessionsMaximumAge = Self.endedSessionsMaximumAge
    return document
  }
}
