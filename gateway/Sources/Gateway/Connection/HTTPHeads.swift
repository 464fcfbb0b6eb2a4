internal import NIOHTTP1

extension HTTPResponseHead {
  /// What a connection writes before a response's body.
  ///
  /// - Parameters:
  ///   - date: The moment, as `Date` has it.
  ///   - isLast: Whether the connection closes after it.
  init(_ response: EdgeResponse, _ defaults: DefaultHeaders, date: String, isLast: Bool) {
    self.init(version: .http1_1, status: HTTPResponseStatus(statusCode: response.status))
    headers.add(name: "date", value: date)
    if let contentType = response.contentType {
      headers.add(name: "content-type", value: contentType)
    }
    headers.add(name: "content-length", value: "\(response.body.count)")
    for (name, value) in response.headers { headers.add(name: name, value: value) }
    defaults.add(to: &headers)
    guard isLast else { return }
    let options = headers["connection"] + ["close"]
    headers.replaceOrAdd(name: "connection", value: options.joined(separator: ", "))
  }
}

extension HTTPRequestHead {
  /// Whether what follows the request may be of another protocol: the parser takes it for that, and reads no more.
  ///
  /// A server may answer as if it had not been asked (RFC 9110 section 7.8), but what comes next on the connection is
  /// then no request to it.
  var asksForAnotherProtocol: Bool { method == .CONNECT || headers.contains(name: "upgrade") }

  /// How many bytes of body the request says it has; none where it does not say.
  var announcedBytes: Int { headers.first(name: "content-length").flatMap(Int.init) ?? 0 }

  /// Whether the client sends the body once it is asked for it (RFC 9110 section 10.1.1).
  var waitsToBeAsked: Bool {
    headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }
}
