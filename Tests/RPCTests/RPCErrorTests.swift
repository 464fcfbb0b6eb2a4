import RPC
import Testing

@Suite struct RPCErrorTests {
  private struct Secret: Error, CustomStringConvertible {
    var description: String { "password=hunter2" }
  }

  private struct Rejection: RPCErrorConvertible {
    var rpcError: RPCError { RPCError(.failedPrecondition, "not now") }
  }

  @Test("an error that says nothing about itself says nothing to callers")
  func unknownErrors() {
    let error = RPCError(reporting: Secret())
    #expect(error.code == .unknown)
    #expect(!error.message.contains("hunter2"))
    #expect(error.cause is Secret)
  }

  @Test func errorsThatKnowHowTheyLook() {
    #expect(RPCError(reporting: Rejection()).code == .failedPrecondition)
    #expect(RPCError(reporting: CancellationError()).code == .cancelled)
    #expect(RPCError(reporting: RPCError(.aborted, "again")).code == .aborted)
  }

  @Test func aCauseOfTheSameKindIsFlattened() {
    let inner = RPCError(.unavailable, "inner", cause: Secret())
    #expect(RPCError(.unavailable, "outer", cause: inner).cause is Secret)
    #expect(RPCError(.internal, "outer", cause: inner).cause is RPCError)
  }

  @Test("a copy that is changed leaves the error it was made of as it is")
  func copies() {
    let error = RPCError(.aborted, "again", cause: Secret())
    var copy = error
    copy.code = .unavailable
    copy.message = "later"
    copy.details = [.retryInfo(delay: .seconds(1))]
    copy.metadata = ["x-try": "2"]
    copy.pushback = .never
    copy.cause = nil
    #expect(error.code == .aborted && error.message == "again" && error.details.isEmpty)
    #expect(error.metadata.isEmpty && error.pushback == nil && error.cause is Secret)
    #expect(copy.code == .unavailable && copy.message == "later" && copy.details.count == 1)
    #expect(copy.metadata["x-try"] == "2" && copy.pushback == .never && copy.cause == nil)
  }

  @Test func findsItsInfo() {
    let error = RPCError(
      .failedPrecondition, "",
      details: [
        .retryInfo(delay: .seconds(1)),
        .errorInfo(reason: "INSUFFICIENT_FUNDS", domain: "trading", metadata: ["asset": "USD"]),
      ])
    #expect(error.errorInfo?.reason == "INSUFFICIENT_FUNDS")
    #expect(error.errorInfo?.metadata == ["asset": "USD"])
    #expect(RPCError(.internal, "").errorInfo == nil)
  }

  @Test func codesHaveTheNumbersOfGRPC() {
    #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
    #expect(StatusCode.invalidArgument.name == "INVALID_ARGUMENT")
    #expect(StatusCode(rawValue: 16) == .unauthenticated)
  }
}
