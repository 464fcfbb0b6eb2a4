public import Observability

/// A way to a service: a connection, a balanced set of them, or a server in the same process.
///
/// Transports implement `open`; callers use the typed calls in the extensions, or rather the generated
/// clients on top of those.
public protocol RPCChannel: Sendable {
  /// Opens a call.
  ///
  /// - Throws: `.unavailable` if the service cannot be reached, `.deadlineExceeded` if the deadline
  ///   passes first.
  func open(_ head: CallHead) async throws(RPCError) -> any ClientCall

  /// What is counted of the calls; nil for nothing.
  var metrics: ClientMetrics? { get }

  /// Who records the spans of the calls; nil for nobody.
  var tracer: Tracer? { get }

  /// The service at the other end, as the spans of calls name it; nil for nothing.
  var target: String? { get }
}

extension RPCChannel {
  /// Nothing is counted.
  public var metrics: ClientMetrics? { nil }

  /// Nothing is recorded.
  public var tracer: Tracer? { nil }

  /// Nothing is said.
  public var target: String? { nil }

  /// Opens a call that is counted and recorded, and given up when nobody holds it any more.
  @usableFromInline
  package func begin(_ head: CallHead) async throws(RPCError) -> OwnedCall {
    let observation = self.metrics?.begin(head.method)
    var head = head
    let span = self.tracer.flatMap { head.beginSpan($0, target: self.target) }
    do throws(RPCError) {
      return OwnedCall(try await self.open(head), observation, span)
    } catch {
      observation?.ended(error.code, received: 0, sent: 0)
      if let span { RPCSpan.end(span, client: error, error.code) }
      throw error
    }
  }
}

/// One call of a client, with messages still encoded.
///
/// A call that is given up must be cancelled, unless it has ended; `cancel` is harmless then.
public protocol ClientCall: MessageSource, MessageSink {
  /// Sends the last message and ends the requests.
  func writeLast(_ message: [UInt8]) async throws(RPCError)

  /// Ends the requests.
  func finishRequests()

  /// Gives the call up: the server is told, and both directions end with `.cancelled`.
  func cancel()

  /// Whether the server has begun to answer: the head of the response has come, and not just a status.
  var isAnswered: Bool { get }
}
