/// What is kept of a call whose method the contract says is audited, or that the access check refused: who,
/// for whom, what came of it.
///
/// Nothing of what was said: neither request nor response, nor the token.
public struct AuditRecord: Sendable, Hashable {
  /// The method, such as `/alphintra.trading.v1.TradingService/PlaceOrder`.
  public let method: String
  /// The SPIFFE id of the caller's certificate; nil without one.
  public let caller: String?
  /// The user behind the call, as the token proves it, or the user that the handler found the call to be
  /// about; nil where neither is known.
  public let userID: String?
  /// Whether the contract says that each call of the method is audited.
  public let isAudited: Bool
  /// Whether the access check refused the call.
  public let isRefusal: Bool
  /// What came of the call.
  public let outcome: StatusCode
  /// The reason of the failure, as its `ErrorInfo` states it.
  public let reason: String?
  /// The id that ties together everything done for one outside request.
  public let correlationID: String?

  init(_ call: ServerCall, _ failure: RPCError?) {
    method = call.registered.descriptor.path
    caller = call.peer?.spiffeID
    userID = call.grant?.user?.id ?? call.auditedUserID
    isAudited = call.registered.descriptor.isAudited
    isRefusal = call.isRefused
    outcome = failure?.code ?? .ok
    reason = failure?.errorInfo?.reason
    correlationID = call.metadata[ServerContext.correlationIDName]
  }
}
