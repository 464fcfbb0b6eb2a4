import Observability

/// How a call passes a server, from the outermost stage to its handler.
///
/// 1. **Counting** and the **span** (`ServerCall`): from the request's headers to the status, so that what
///    any other stage refuses is counted and recorded, and a call that vanishes, too.
/// 2. **Audit**: sees every outcome, refusals among them, and nothing that is not one.
/// 3. **Access**: before anything that a stranger could use up. It is here and not in the list of stages, so
///    that no configuration of a router is without it.
/// 4. **Deadline**: a call may have waited for its loop, or for its user's token to be verified. It is looked
///    at again after every wait that follows.
/// 5. **Place** (`ConcurrencyLimiter`): behind the access check, so that nobody who may not call takes a
///    place or learns how busy the server is; before anything that works for the call.
/// 6. **Stages** (`RPCRouter.stages`): a list, made for each method when it is registered.
/// 7. **Replay** (`CallReplay`), of calls that come with a key: one that was answered before is not made again.
/// 8. **Request check** and **handler**.
///
/// The stages up to the place are `enter`, in one function for all calls: where none of them has to wait, as
/// is nearly always so, a call costs no asynchronous function before its handler.
extension RPCRouter {
  /// Makes the access check as far as it can be made without waiting.
  ///
  /// - Throws: The refusal.
  package func admitNow(_ call: ServerCall) throws(RPCError) {
    do throws(RPCError) {
      call.grant = try self.accessController.authorizeNow(
        method: call.registered.descriptor, peer: call.peer, metadata: call.metadata)
    } catch {
      call.noteRefusal(error)
      self.record(call, error)
      throw error
    }
  }

  /// Serves a unary call to its end: access check, handler, error mapping.
  ///
  /// - Parameter budget: What the response is taken from until its caller has it; where there is not enough
  ///   the call fails, and is counted so.
  package func serveUnary(
    _ call: ServerCall, request: [UInt8], responses budget: MemoryBudget? = nil
  ) async -> Result<[UInt8], RPCError> {
    call.received(request.count)
    var result = await self.answerUnary(call, request: request)
    if let budget, case .success(let response) = result, !budget.take(response.count) {
      result = .failure(MemoryBudget.exhausted)
    }
    switch result {
    case .success(let response):
      call.sent(response.count)
      self.record(call, nil)
    case .failure(let error): self.record(call, error)
    }
    return result
  }

  /// Serves a call of any kind to its end: access check, handler, error mapping.
  ///
  /// - Returns: The failure, or nil for OK.
  package func serve(
    _ call: ServerCall, requests: any MessageSource, responses: any MessageSink
  ) async -> RPCError? {
    let failure =
      call.registered.metrics == nil
      ? await self.answer(call, requests: requests, responses: responses)
      : await self.answer(
        call, requests: CountedRequests(requests, of: call),
        responses: CountedResponses(responses, of: call))
    self.record(call, failure)
    return failure
  }

  @inline(never)  // What it needs for a moment would be part of each call's memory.
  private func record(_ call: ServerCall, _ failure: RPCError?) {
    call.ended(failure)
    guard let audit = self.audit, call.registered.descriptor.isAudited || call.isRefused else {
      return
    }
    // What is written of the call names its trace, as all that its handler wrote did.
    ActiveSpan.$current.withValue(call.span) { audit(AuditRecord(call, failure)) }
  }

  private func answerUnary(
    _ call: ServerCall, request: [UInt8]
  ) async -> Result<[UInt8], RPCError> {
    guard case .unary(let handler) = call.registered.handler(for: call.metadata) else {
      return .failure(RPCError(.internal, "\(call.registered.descriptor.path) is not unary"))
    }
    let entry: Entry
    do throws(RPCError) {
      if let now = try self.enterNow(call) {
        entry = now
      } else {
        entry = try await self.enter(call)
      }
    } catch {
      return .failure(error)
    }
    let context = ServerContext(call)
    do {
      let response = try await ServerContext.$current.withValue(context) {
        try await handler(EncodedRequest(request), context)
      }
      entry.leave(call, succeeded: true)
      return .success(response.bytes)
    } catch {
      entry.leave(call, succeeded: false)
      return .failure(report(error, of: context))
    }
  }

  /// What a handler has thrown, as the caller sees it; how that is may depend on what was called.
  private func report(_ error: any Error, of context: ServerContext) -> RPCError {
    ServerContext.$current.withValue(context) { RPCError(reporting: error) }
  }

  private func answer(
    _ call: ServerCall, requests: any MessageSource, responses: any MessageSink
  ) async -> RPCError? {
    let entry: Entry
    do throws(RPCError) { entry = try await self.enter(call) } catch { return error }
    let context = ServerContext(call)
    do {
      try await ServerContext.$current.withValue(context) {
        switch call.registered.handler(for: call.metadata) {
        case .unary(let handler):
          let request = EncodedRequest(try await requests.only("request"))
          try await responses.write(handler(request, context).bytes, compressed: true)
        case .streaming(let handler):
          try await handler(requests, responses, context)
        }
      }
      entry.leave(call, succeeded: true)
      return nil
    } catch {
      entry.leave(call, succeeded: false)
      return report(error, of: context)
    }
  }

  // MARK: - Before the handler

  /// A call's way in; there is no other, so that no handler runs without it.
  ///
  /// It is left once.
  private struct Entry {
    /// Nil where the calls of the method are not limited.
    let place: ConcurrencyLimiter.Place?

    @inline(never)  // What it needs for a moment would be part of each call's memory.
    func leave(_ call: ServerCall, succeeded: Bool) {
      guard let place = self.place else { return }
      call.registered.limiter?.giveBack(place, of: call, succeeded: succeeded)
    }
  }

  /// Lets a call in that has nothing to wait for; nil if it has to `enter`.
  @inline(never)  // As above.
  private func enterNow(_ call: ServerCall) throws(RPCError) -> Entry? {
    guard call.grant != nil else { return nil }
    try call.checkDeadline()
    guard let limiter = call.registered.limiter else { return Entry(place: nil) }
    return limiter.placeNow(for: call).map { Entry(place: $0) }
  }

  /// Access check, deadline, place.
  private func enter(_ call: ServerCall) async throws(RPCError) -> Entry {
    if call.grant == nil { try await self.authorize(call) }
    try call.checkDeadline()
    return Entry(place: try await call.registered.limiter?.admit(call))
  }

  private func authorize(_ call: ServerCall) async throws(RPCError) {
    do throws(RPCError) {
      let user = try await self.accessController.authorize(
        method: call.registered.descriptor, peer: call.peer, metadata: call.metadata)
      call.grant = AccessGrant(user: user)
    } catch {
      call.noteRefusal(error)
      throw error
    }
  }
}
