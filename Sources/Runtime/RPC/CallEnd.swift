/// Marks the failure of a write that came after the server had ended the call with OK.
package struct ServerEndedCall: Error {
  /// The failure of such a write.
  package static var error: RPCError {
    RPCError(
      .cancelled, "the server ended the call before all requests were sent",
      cause: ServerEndedCall())
  }
}

/// How a call ends, as far as its client is told.
package struct CallEnd: Sendable {
  /// The failure, with its own metadata; nil is OK.
  package let failure: RPCError?
  /// The handler's trailing metadata.
  package let trailing: Metadata

  /// What of a call's end may go out.
  ///
  /// A client refuses a block of headers that is too large, and never learns how the call ended. So a failure
  /// keeps its code and loses the rest, and a success that cannot be delivered is a failure.
  package init(of call: ServerCall?, _ failure: RPCError?, within limits: CallLimits) {
    let trailing = call?.trailingMetadata ?? Metadata()
    guard let failure else {
      let isAllowed = limits.allows(trailing)
      self.failure =
        isAllowed ? nil : limits.metadataTooLarge(trailing, "the response's trailing metadata")
      self.trailing = isAllowed ? trailing : Metadata()
      return
    }
    var metadata = trailing
    metadata.append(contentsOf: failure.metadata)
    let status = failure.encodedSize
    if metadata.count <= limits.metadata.count,
      metadata.encodedSize + status <= limits.metadata.bytes
    {
      self.failure = failure
      self.trailing = trailing
    } else {
      self.failure = RPCError(
        failure.code, failure.message.shortened(toUTF8: Self.shortMessageBytes),
        pushback: failure.pushback, cause: failure.cause)
      self.trailing = Metadata()
    }
  }

  /// The end of a call that succeeded, without metadata.
  package static let ok = CallEnd(of: nil, nil, within: CallLimits())

  /// What is left of the message of a failure that was too large to be sent.
  static let shortMessageBytes = 1024

  /// The failure as the client gets to see it: both kinds of metadata, and no cause.
  package var visible: RPCError? {
    guard var visible = self.failure else { return nil }
    visible.cause = nil
    visible.metadata = self.trailing
    if let own = self.failure?.metadata { visible.metadata.append(contentsOf: own) }
    return visible
  }
}

extension RPCError {
  /// The size of the message, the details and the pushback as HTTP/2 counts them, as in
  /// `Metadata.encodedSize`.
  fileprivate var encodedSize: Int {
    let details = self.details.isEmpty ? 0 : (StatusDetails.encode(self).count * 4 + 2) / 3
    return StatusMessage.encode(self.message).utf8.count + details + 3 * 64
  }
}

extension String {
  /// The beginning of the text, in at most this many bytes.
  fileprivate func shortened(toUTF8 count: Int) -> String {
    guard self.utf8.count > count else { return self }
    var end = self.utf8.index(self.startIndex, offsetBy: count)
    // Not in the middle of a character.
    while end.samePosition(in: self) == nil { end = self.utf8.index(before: end) }
    return String(self[..<end])
  }
}
