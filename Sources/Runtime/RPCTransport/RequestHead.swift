import RPC

/// What a request's head must be to be gRPC (gRPC over HTTP/2, "Requests").
enum RequestHead {
  /// Why a head is no gRPC request's: the HTTP status and the failure to answer with; nil if it is one.
  static func refusal(
    method: String, contentType: String, acceptsTrailers: Bool
  ) -> (httpStatus: Int, failure: RPCError)? {
    guard method == "POST" else {
      return (405, RPCError(.internal, "a gRPC request is a POST"))
    }
    guard Self.isGRPC(contentType) else {
      return (415, RPCError(.internal, "the content type is not application/grpc"))
    }
    // It tells that nobody on the way drops trailers.
    guard acceptsTrailers else {
      return (400, RPCError(.internal, "a gRPC request states te: trailers"))
    }
    return nil
  }

  /// How long the call may take, by its header; nil without one.
  static func timeout(_ header: [UInt8]?) throws(RPCError) -> Duration? {
    guard let header else { return nil }
    guard let timeout = Deadline.decode(header) else {
      throw RPCError(.internal, "grpc-timeout is not one to eight digits and a unit")
    }
    return timeout
  }

  /// `application/grpc`, alone or with `+proto` or parameters.
  private static func isGRPC(_ contentType: String) -> Bool {
    guard contentType.hasPrefix(WireStatus.contentType) else { return false }
    let rest = contentType.utf8.dropFirst(WireStatus.contentType.utf8.count)
    return rest.isEmpty || rest.elementsEqual("+proto".utf8) || rest.starts(with: ";".utf8)
      || rest.starts(with: "+proto;".utf8)
  }
}
