internal import NIOHTTP1
internal import RPC

/// What callers may ask for in a time.
extension Edge {
  /// Counts a request for the address it comes from, where that is whom its class counts: before anything is done
  /// for it.
  func countAddress(
    _ method: MethodDescriptor, _ head: RequestHead, _ entry: inout AccessLogEntry
  ) async throws(Problem) {
    guard let rateClass = method.rateClass, let limit = limiter.limit(of: rateClass),
      limit.subject == .address
    else { return }
    try await count(.address(head.client?.subscriber), rateClass, &entry)
  }

  /// Counts a request for its user, where that is whom its class counts.
  ///
  /// - Parameter user: The user whom the access check has found. Where the method needs none, a token that is
  ///   valid says who it is all the same; one that is not counts as none.
  func countUser(
    _ method: MethodDescriptor, _ user: UserIdentity?, _ head: RequestHead,
    _ entry: inout AccessLogEntry
  ) async throws(Problem) {
    guard let rateClass = method.rateClass, let limit = limiter.limit(of: rateClass),
      limit.subject == .user
    else { return }
    let subject: RateSubject
    if let user {
      subject = .user(user.id)
    } else if let token = try? head.token(), let user = try? await authenticate(token, head) {
      entry.user = user.id
      subject = .user(user.id)
    } else {
      subject = .address(head.client?.subscriber)
    }
    try await count(subject, rateClass, &entry)
  }

  private func count(
    _ subject: RateSubject, _ rateClass: String, _ entry: inout AccessLogEntry
  ) async throws(Problem) {
    entry.rate = await limiter.admit(subject, to: rateClass)
    guard let rate = entry.rate, !rate.verdict.isAdmitted else { return }
    throw .rateLimited(rate)
  }

  /// Counts a subscription as one request of its channel's class.
  func countSubscription(
    _ method: MethodDescriptor, _ user: UserIdentity?, _ admission: WebSocketAdmission
  ) async throws(Problem) {
    guard let rateClass = method.rateClass, let limit = limiter.limit(of: rateClass) else { return }
    let subject: RateSubject =
      if limit.subject == .user, let user {
        .user(user.id)
      } else {
        .address(admission.client?.subscriber)
      }
    if let rate = await limiter.admit(subject, to: rateClass), !rate.verdict.isAdmitted {
      throw .rateLimited(rate)
    }
  }
}

extension Problem {
  static func rateLimited(_ rate: RateDecision) -> Problem {
    var problem = Problem(
      429, .resourceExhausted, reason: "RATE_LIMITED",
      """
      at most \(rate.requests) requests of the class \(rate.rateClass) in \(rate.windowSeconds) s; \
      the next one in \(rate.waitSeconds) s
      """)
    problem.effect = .unchanged
    problem.retryAfterSeconds = rate.waitSeconds
    // A WebSocket's message has no headers to say it in.
    problem.metadata = [
      ("rateClass", rate.rateClass), ("retryAfterSeconds", "\(rate.waitSeconds)"),
    ]
    return problem
  }
}
