public import Protobuf
public import RPC
public import Registry
import Synchronization

/// A call of any RPC with requests and responses as JSON.
public struct GenericCall: Sendable {
  /// The RPC.
  public let rpc: RPCDescription
  /// The metadata, the deadline, and where the response's metadata go.
  public var options: CallOptions
  /// How the responses are printed.
  public var printing = JSONEncodingOptions()

  /// A call of an RPC; made by ``run(over:requests:onResponse:)``.
  public init(_ rpc: RPCDescription, options: CallOptions = CallOptions()) {
    self.rpc = rpc
    self.options = options
  }

  /// Makes the call and returns when it has ended with OK.
  ///
  /// Of an RPC that takes one request, the requests are read to their end before the call is made; a
  /// stream of requests goes out as it is read, while responses come in.
  ///
  /// - Parameter onResponse: takes the JSON form of each response as it comes. The only response of an
  ///   RPC that does not stream comes once the status is known.
  /// - Throws: what went wrong first.
  public func run(
    over channel: any RPCChannel, requests: RequestInput,
    onResponse: ([UInt8]) async throws(CallFailure) -> Void
  ) async throws(CallFailure) {
    if rpc.method.kind.streamsRequests {
      let call = try await open(channel)
      let writer = RequestWriter(rpc, requests, call)
      let task = Task { await writer.run() }
      defer { task.cancel() }
      do throws(CallFailure) {
        try await receive(from: call, onResponse)
      } catch {
        // The writer gives the call up when a request is wrong: that is what went wrong first.
        throw writer.failure ?? error
      }
      if let failure = writer.failure { throw failure }
    } else {
      let request = try await onlyRequest(requests)
      let call = try await open(channel)
      try await Self.status { () async throws(RPCError) in try await call.writeLast(request) }
      try await receive(from: call, onResponse)
    }
  }

  private func open(_ channel: any RPCChannel) async throws(CallFailure) -> OwnedCall {
    try await Self.status { () async throws(RPCError) in
      try await channel.begin(CallHead(rpc.method, options))
    }
  }

  private func onlyRequest(_ requests: RequestInput) async throws(CallFailure) -> [UInt8] {
    guard let json = try await requests.next() else {
      throw .requestCount("\(rpc.name) takes one request, none was given")
    }
    let request = try rpc.request(json: json, number: 1)
    guard try await requests.next() == nil else {
      throw .requestCount("\(rpc.name) takes one request, more were given")
    }
    return request
  }

  private func receive(
    from call: OwnedCall, _ onResponse: ([UInt8]) async throws(CallFailure) -> Void
  ) async throws(CallFailure) {
    guard rpc.method.kind.streamsResponses else {
      let bytes = try await Self.status { () async throws(RPCError) in
        try await call.only("response")
      }
      return try await onResponse(try json(bytes))
    }
    while true {
      let next = try await Self.status { () async throws(RPCError) in try await call.next() }
      guard let bytes = next else { return }
      try await onResponse(try json(bytes))
    }
  }

  private func json(_ response: [UInt8]) throws(CallFailure) -> [UInt8] {
    do throws(BinaryDecodingError) {
      return try rpc.decodeResponse(response, options: printing)
    } catch {
      let name = rpc.response.messageName
      throw .status(RPCError(.internal, "a message is not a valid \(name)", cause: error))
    }
  }

  private static func status<Value>(
    _ body: () async throws(RPCError) -> Value
  ) async throws(CallFailure) -> Value {
    do throws(RPCError) { return try await body() } catch { throw .status(error) }
  }
}

extension RPCDescription {
  /// The binary form of a request.
  fileprivate func request(json: [UInt8], number: Int) throws(CallFailure) -> [UInt8] {
    do throws(JSONDecodingError) {
      return try encodeRequest(json: json)
    } catch {
      throw .request(number: number, message: request.messageName, error)
    }
  }
}

/// Sends a stream of requests beside the task that reads the responses.
private final class RequestWriter: Sendable {
  private let rpc: RPCDescription
  private let requests: RequestInput
  private let call: OwnedCall
  private let found = Mutex<CallFailure?>(nil)

  init(_ rpc: RPCDescription, _ requests: RequestInput, _ call: OwnedCall) {
    self.rpc = rpc
    self.requests = requests
    self.call = call
  }

  /// What was wrong with the requests; failures of the call itself are the reader's to tell.
  var failure: CallFailure? { found.withLock { $0 } }

  func run() async {
    do throws(CallFailure) {
      var number = 0
      while let json = try await requests.next() {
        number += 1
        let request = try rpc.request(json: json, number: number)
        do throws(RPCError) { try await call.write(request) } catch { return }
      }
      call.finishRequests()
    } catch {
      found.withLock { $0 = error }
      call.cancel()
    }
  }
}
