internal import RPC

/// The body of a request.
enum EdgeBody: Sendable {
  /// All of it.
  case whole([UInt8])
  /// What waits for the rest of it.
  case incoming(@Sendable () async throws(Problem) -> [UInt8])
}

extension Edge {
  /// The body of a request, which is waited for if need be.
  ///
  /// A request that waits for its client is not at work: slow clients leave the place to others.
  func collect(_ body: EdgeBody, _ work: inout Work) async throws(Problem) -> [UInt8] {
    switch body {
    case .whole(let bytes): return bytes
    case .incoming(let collect):
      work.end()
      let bytes = try await collect()
      work = try beginWork()
      return bytes
    }
  }
}

extension Problem {
  /// What nobody reads any more, but the log.
  static let clientGone: Problem = {
    var problem = Problem(
      499, .cancelled, reason: "CLIENT_GONE", "the connection ended before the request's body")
    problem.effect = .unchanged
    return problem
  }()

  static func bodiesTooLarge(limit: Int) -> Problem {
    var problem = Problem(
      503, .unavailable, reason: "OVERLOADED",
      """
      the bodies of all requests that the gateway holds have at most \(limit) bytes together; \
      this request was not started
      """)
    problem.effect = .unchanged
    problem.retryAfterSeconds = 1
    return problem
  }
}
