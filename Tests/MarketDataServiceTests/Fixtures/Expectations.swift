import RPC
import Testing

/// Expects that a call fails with a code, a reason of this service, and fields.
func expectError(
  _ code: StatusCode, _ reason: String, fields: [String] = [],
  domain: String = "marketdata.alphintra.com",
  sourceLocation: SourceLocation = #_sourceLocation, _ call: () async throws -> Void
) async {
  do {
    try await call()
    Issue.record("the call succeeded", sourceLocation: sourceLocation)
  } catch let error as RPCError {
    #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    #expect(error.errorInfo?.reason == reason, "\(error)", sourceLocation: sourceLocation)
    #expect(error.errorInfo?.domain == domain, sourceLocation: sourceLocation)
    var named: [String] = []
    for case .badRequest(let violations) in error.details { named += violations.map(\.field) }
    #expect(named == fields, "\(error)", sourceLocation: sourceLocation)
    for field in fields {
      #expect(error.message.hasPrefix(field), "\(error)", sourceLocation: sourceLocation)
    }
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}

/// Expects that a call is refused because its request breaks rules of the contract.
func expectBrokenRules(
  _ fields: String..., sourceLocation: SourceLocation = #_sourceLocation,
  _ call: () async throws -> Void
) async {
  await expectError(
    .invalidArgument, "INVALID_REQUEST", fields: fields, domain: "contracts.alphintra.com",
    sourceLocation: sourceLocation, call)
}
