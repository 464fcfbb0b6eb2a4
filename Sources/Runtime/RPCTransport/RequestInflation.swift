import RPC

extension ServerCall {
  /// The request of a unary call, inflated if it came compressed.
  func inflate(_ request: EncodedMessage, within limits: CallLimits) throws(RPCError) -> [UInt8] {
    guard request.isCompressed else { return request.bytes }
    self.lastRequestWasCompressed = true
    return try limits.inflate(request.bytes)
  }

  /// What the handler of any other call reads its requests from.
  ///
  /// - Parameters:
  ///   - encoding: What the client says in `grpc-encoding`.
  ///   - failed: Ends the call with the failure of a request, whatever the handler makes of it.
  func source(
    _ requests: MessagePipe, encoding: String?, within limits: CallLimits,
    failed: @escaping @Sendable (RPCError) -> Void
  ) -> any MessageSource {
    guard encoding == Compression.gzip.rawValue else { return requests }
    return CompressedRequests(requests, of: self) { message throws(RPCError) in
      do throws(RPCError) {
        return try limits.inflate(message)
      } catch {
        failed(error)
        throw error
      }
    }
  }
}
