import HTTP2
import RPC
import Synchronization

/// One call of a client: the stream that carries it, and the call as its caller holds it.
final class ClientStream: HTTP2Stream, ClientCall, Expiring, @unchecked Sendable {
  // Unchecked: what is not a constant or a pipe is touched by the loop's thread only.

  private enum Phase {
    /// Waiting for the response's head.
    case head
    /// The head was there; waiting for messages and trailers.
    case messages
    /// The status is known.
    case ended
  }

  private let connection: ClientDriver
  private let responseMetadata: ResponseMetadata?
  private let kind: CallKind
  private let observer: (any CallObserver)?
  private let opening: ContinuousClock.Instant?
  private let path: String
  private let metadata: Metadata
  private let compression: Compression
  private let previousAttempts: Int
  let deadline: ContinuousClock.Instant?
  var deadlineIndex: Int?
  private var phase = Phase.head
  private var headers = ReceivedHeaders()
  private var deframer: MessageDeframer
  private var framer = MessageFramer()
  private var withheldBytes = 0
  private var hasSentEnd = false
  private let hasHead = Atomic(false)
  // Made in the initializer, before anyone else sees the stream. A pipe speaks up only while a method of the
  // stream is at work on it, so the stream is there: weak references would move its count to a side table, which
  // makes each of many more expensive.
  private lazy var requests = MessagePipe(
    capacity: self.connection.configuration.limits.bufferedBytes,
    readable: { [unowned self, executor = self.connection.executor] in
      let stream = self
      executor.run { stream.sendRequests() }
    })
  private lazy var responses = MessagePipe(
    capacity: self.connection.configuration.limits.bufferedBytes,
    consumed: { [unowned self, executor = self.connection.executor] _ in
      let stream = self
      executor.run { stream.releaseWindow() }
    })

  init(_ head: CallHead, on connection: ClientDriver) {
    self.connection = connection
    self.path = head.method.path
    self.metadata = head.metadata
    self.compression = head.compression
    self.deadline = head.deadline
    self.previousAttempts = head.previousAttempts
    self.responseMetadata = head.responseMetadata
    self.kind = head.method.kind
    self.observer = head.observer
    self.opening = head.observer == nil ? nil : .now
    self.deframer = MessageDeframer(
      connection.configuration.limits, unknownEncodingIs: .internal)
    super.init()
    _ = (self.requests, self.responses)
  }

  // MARK: - The caller's side, from any thread

  func write(_ message: [UInt8], compressed: Bool) async throws(RPCError) {
    try await self.requests.write(self.encode(message, compressed: compressed))
  }

  func writeLast(_ message: [UInt8]) async throws(RPCError) {
    try await self.requests.write(self.encode(message, compressed: true))
    self.requests.finish()
  }

  /// Compresses here and not on the loop, which is for all calls.
  private func encode(_ message: [UInt8], compressed: Bool) -> EncodedMessage {
    guard compressed, case .gzip = self.compression else { return EncodedMessage(message, .plain) }
    return EncodedMessage(gzipping: message)
  }

  func finishRequests() {
    self.requests.finish()
  }

  func next() async throws(RPCError) -> [UInt8]? {
    guard let message = try await self.responses.nextMessage() else { return nil }
    self.responseMetadata?.received(compressed: message.isCompressed)
    guard message.isCompressed else { return message.bytes }
    do throws(RPCError) {
      return try self.connection.configuration.limits.inflate(message.bytes)
    } catch {
      self.giveUp(error)
      throw error
    }
  }

  var isAnswered: Bool { self.hasHead.load(ordering: .acquiring) }

  func cancel() {
    // Most calls are cancelled when they have ended, by their owner's deinit.
    guard !self.responses.hasEnded else { return }
    self.giveUp(RPCError(.cancelled, "the caller cancelled the call"))
  }

  private func giveUp(_ error: RPCError) {
    // The caller need not wait for the loop; what the loop finds out later does not count any more.
    self.requests.fail(error)
    self.responses.fail(error)
    self.connection.executor.run { self.end(error, resetting: .cancel) }
  }

  // MARK: - The call's beginning and end

  /// Sends the request's head.
  ///
  /// Called by the connection.
  func start() {
    if let deadline = self.deadline, deadline <= .now { return self.end(Deadline.exceeded) }
    let session = self.connection.session
    let head = self.requestHead()
    guard head.listBytes <= session.peerHeaderBytes else {
      return self.end(
        RPCError(
          .resourceExhausted,
          "the request's headers of \(head.listBytes) bytes are over the server's limit of \(session.peerHeaderBytes)"
        ))
    }
    do {
      try session.submitRequest(self, head)
    } catch {
      return self.end(self.connection.takesNoCalls)
    }
    self.connection.callBegan()
    if self.deadline != nil { self.connection.executor.deadlines.add(self) }
    self.connection.flushLater()
  }

  private func requestHead() -> HTTP2Headers {
    var headers = HTTP2Headers()
    headers.add(":method", "POST")
    headers.add(":scheme", self.connection.scheme)
    headers.add(":path", self.path)
    headers.add(":authority", self.connection.authority)
    headers.add("te", "trailers")
    headers.add("content-type", WireStatus.contentType)
    if case .gzip = self.compression { headers.add(WireCompression.encodingName, "gzip") }
    headers.add(WireCompression.acceptName, WireCompression.accepted)
    if let deadline = self.deadline {
      headers.add("grpc-timeout", Deadline.encode(ContinuousClock.now.duration(to: deadline)))
    }
    if self.previousAttempts > 0 {
      headers.add("grpc-previous-rpc-attempts", String(self.previousAttempts))
    }
    headers.add(self.metadata)
    return headers
  }

  /// Ends the call with a failure found here; unread messages are lost.
  func end(_ error: RPCError, resetting code: HTTP2ErrorCode? = nil) {
    guard self.markEnded(error, isServers: false) else { return }
    self.requests.fail(error)
    self.responses.fail(error)
    guard let code, self.isOpen else { return }
    self.connection.session.reset(self, code)
    self.connection.flushLater()
  }

  /// Ends the call with the status that the server sent; its messages can still be read.
  private func end(with status: RPCError?) {
    guard self.markEnded(status, isServers: true) else { return }
    self.requests.fail(status ?? ServerEndedCall.error)
    self.responses.finish(status)
  }

  private func markEnded(_ failure: RPCError?, isServers: Bool) -> Bool {
    if case .ended = self.phase { return false }
    self.phase = .ended
    self.connection.executor.deadlines.remove(self)
    if let observer = self.observer, let opening = self.opening {
      observer.callEnded(
        self.kind, failure, isServers: isServers, after: opening.duration(to: .now))
    }
    return true
  }

  /// The deadline has passed.
  func expire() {
    self.end(Deadline.exceeded, resetting: .cancel)
  }

  override func closed(_ code: HTTP2ErrorCode) {
    // Nearly always so: the status has come before.
    if case .ended = self.phase { return self.connection.callEnded() }
    if !self.isSent {
      self.end(self.connection.takesNoCalls)
    } else if self.connection.isGone {
      self.end(self.connection.unavailable(nil))
    } else {
      self.end(WireStatus.error(of: code))
    }
    self.connection.callEnded()
  }

  // MARK: - Requests

  private func sendRequests() {
    self.connection.session.resume(self)
    self.connection.flushLater()
  }

  override func produce(into buffer: UnsafeMutableRawBufferPointer) -> Production {
    var count = 0
    while true {
      count += self.framer.fill(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      guard self.framer.isDone else { return Production(count: count, then: .more) }
      switch self.requests.poll() {
      case .message(let message): self.framer.start(message)
      case .finished:
        self.hasSentEnd = true
        return Production(count: count, then: .end)
      // After a failure the stream is reset, which takes its own way.
      case .empty, .failed: return Production(count: count, then: .pause)
      }
    }
  }

  // MARK: - Responses

  override func receivedHeader(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    self.headers.add(name: name, value: value)
  }

  override func receivedHeaders() {
    let headers = self.headers
    self.headers = ReceivedHeaders()
    if case .ended = self.phase { return }
    let limits = self.connection.configuration.limits
    guard !self.headersAreTooLarge, headers.metadata.count <= limits.metadata.count else {
      return self.end(limits.metadataTooLarge, resetting: .cancel)
    }
    if headers.statusCode != nil { return self.receivedStatus(headers) }
    guard case .head = self.phase else {
      return self.end(with: RPCError(.internal, "the trailers do not have a status"))
    }
    // An interim response (RFC 9110, 15.2): the real one follows.
    if headers.status.first == "1" { return }
    guard headers.status == "200" else {
      return self.end(WireStatus.error(httpStatus: headers.status), resetting: .cancel)
    }
    guard headers.contentType.hasPrefix(WireStatus.contentType) else {
      let error = RPCError(.unknown, "the response is of type \"\(headers.contentType)\", not gRPC")
      return self.end(error, resetting: .cancel)
    }
    self.phase = .messages
    self.hasHead.store(true, ordering: .releasing)
    self.deframer.encoding = headers.encoding
    self.responseMetadata?.received(initial: headers.metadata)
  }

  private func receivedStatus(_ headers: ReceivedHeaders) {
    self.responseMetadata?.received(trailing: headers.metadata)
    guard let number = headers.statusCode.flatMap(Int.init) else {
      return self.end(with: RPCError(.unknown, "the status is not a number"))
    }
    let code = StatusCode(rawValue: number) ?? .unknown
    guard code == .ok else {
      return self.end(
        with: RPCError(
          code, headers.statusMessage ?? "",
          details: headers.statusDetails.map(StatusDetails.decode) ?? [],
          metadata: headers.metadata, pushback: headers.pushback))
    }
    guard !self.deframer.isInsideMessage else {
      return self.end(with: RPCError(.internal, "the response ends inside a message"))
    }
    self.end(with: nil)
  }

  override func receivedData(_ data: UnsafeRawBufferPointer) {
    guard case .messages = self.phase else { return }
    self.withheldBytes += data.count
    var rest = data
    do throws(RPCError) {
      while let message = try self.deframer.next(&rest) { self.responses.offer(message) }
    } catch {
      return self.end(error, resetting: .cancel)
    }
    self.releaseWindow()
  }

  override func receivedEnd() {
    self.end(with: RPCError(.unknown, "the response ended without a status"))
    // The rest of the requests is not wanted.
    if !self.hasSentEnd { self.connection.session.reset(self, .cancel) }
  }

  /// Lets the server send on, unless enough messages wait to be read.
  private func releaseWindow() {
    guard self.withheldBytes > 0, !self.responses.isFull, case .messages = self.phase else {
      return
    }
    self.connection.session.consumed(self.withheldBytes, of: self)
    self.withheldBytes = 0
    self.connection.flushLater()
  }
}
