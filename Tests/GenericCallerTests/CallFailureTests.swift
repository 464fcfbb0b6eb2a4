import Foundation
import RPC
import TestSupport
import Testing
import TestingContract

@testable import GenericCaller

/// Calls that fail: what a person reads, and what a script gets.
@Suite struct CallFailureTests {
  /// A command line, what it ends with and what it says.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    var data: String?
    var arguments: [String] = []
    let status: Int32
    let says: [String]

    var testDescription: String { "\(name) \(data ?? "") \(arguments)" }
  }

  static let cases = [
    Case(
      name: "Ecko", status: 64,
      says: ["there is no RPC \"Ecko\"; did you mean TestingService/Echo?", "--list"]),
    Case(
      name: "Echo", data: "{\"text\":1}", status: 64,
      says: ["the request is not a alphintra.testing.v1.EchoRequest", "text", "--describe"]),
    Case(name: "Echo", data: "{\"txt\":\"a\"}", status: 64, says: ["txt: no such field"]),
    Case(name: "Echo", data: "{", status: 64, says: ["not JSON"]),
    Case(name: "Echo", data: "", status: 64, says: ["takes one request, none was given"]),
    Case(name: "Echo", data: "{}{}", status: 64, says: ["takes one request, more were given"]),
    Case(
      name: "Chat", data: "{}{\"count\":\"x\"}", status: 64,
      says: ["request 2 is not a alphintra.testing.v1.EchoRequest", "count"]),
    Case(
      name: "Echo", data: "{}", arguments: ["--data", "{}"], status: 64, says: ["not both"]),
    Case(
      name: "Echo", data: "@/nowhere/at/all", status: 1, says: ["/nowhere/at/all: No such file"]),
    Case(
      name: "Echo", arguments: ["--deadline", "soon"], status: 64,
      says: ["--deadline takes a time such as 500ms, 2s or 10m, up to 24h, got \"soon\""]),
    Case(name: "Echo", arguments: ["--metadata", "x"], status: 64, says: ["name=value"]),
    Case(
      name: "Echo", arguments: ["--token", "a", "--token-file", "b"], status: 64,
      says: ["--token or --token-file"]),
    Case(
      name: "Echo", arguments: ["--token", "a", "-H", "authorization=b"], status: 64,
      says: ["not both"]),
    Case(name: "Echo", arguments: ["--token-file", "/nowhere"], status: 1, says: ["/nowhere"]),
    Case(
      name: "Echo", arguments: ["--address", "here"], status: 64,
      says: ["--address takes host:port, got \"here\""]),
    Case(
      name: "Echo", arguments: ["--as", "../gateway"], status: 64,
      says: ["--as takes the name of a service"]),
    Case(
      name: "Echo", arguments: ["--service", "a b"], status: 64,
      says: ["--service takes the name of a service"]),
    Case(
      name: "Echo", arguments: ["--as", "nobody"], status: 1,
      says: ["nobody.pem is not there; the folder has edge, gateway, testing, trading", "make dev"]),
    Case(
      name: "Echo", arguments: ["--directory", "/nowhere"], status: 78,
      says: ["UNAVAILABLE", "the directory knows no address of testing", "`make dev` starts it"]),
    Case(
      name: "Echo", arguments: ["--address", "127.0.0.1:1"], status: 78,
      says: ["because  cannot connect to 127.0.0.1:1", "`make dev` starts it"]),
    // The server at this address is another service than the one expected.
    Case(name: "Echo", arguments: ["--service", "trading"], status: 78, says: ["trading"]),
    Case(
      name: "WhoIsTheUser", status: 80,
      says: [
        "UNAUTHENTICATED: this method needs a user's access token",
        "reason   TOKEN_MISSING (mesh.alphintra.com)", "pass a user's access token",
      ]),
    Case(
      name: "WhoIsTheUser", arguments: ["--token", "old"], status: 80,
      says: ["TOKEN_EXPIRED", "log in again"]),
    Case(
      name: "WhoIsTheUser", arguments: ["--token", "nonsense"], status: 80,
      says: ["TOKEN_INVALID", "rule: FORM", "check the token"]),
    Case(
      name: "WhoIsTheUser", arguments: ["--as", "trading"], status: 71,
      says: [
        "PERMISSION_DENIED", "reason   CALLER_NOT_ALLOWED",
        "you call as trading; the contract admits gateway. Choose by --as.",
      ]),
    Case(
      name: "WhoIsTheAdministrator", arguments: ["--token", "ada"], status: 71,
      says: ["ROLE_REQUIRED", "a user with the role administrator"]),
    Case(
      name: "Echo", data: "{\"delayMs\":60000}", arguments: ["--deadline", "50ms"], status: 68,
      says: ["DEADLINE_EXCEEDED", "--deadline", "It changes nothing and can be repeated."]),
    Case(
      name: "Collect", data: "-", arguments: ["--deadline", "50ms"], status: 68,
      says: ["DEADLINE_EXCEEDED", "look before you repeat it"]),
  ]

  @Test(arguments: cases)
  func isExplained(failure: Case) async throws {
    try await CallFixture.run { fixture in
      // Nothing is ever typed.
      let (silence, typing) = AsyncStream.makeStream(of: [UInt8].self)
      let input = RequestInput { () async throws(CallFailure) in
        for await bytes in silence { return bytes }
        return nil
      }
      let outcome = try await fixture.call(
        failure.name, failure.data, failure.arguments, input: input)
      typing.finish()
      #expect(outcome.status == failure.status, "\(outcome)")
      for text in failure.says { #expect(outcome.errors.contains(text), "\(outcome.errors)") }
      #expect(outcome.output.isEmpty)
    }
  }

  /// Whatever the service answers with has a name, its details, and an exit code of its own.
  @Test(arguments: StatusCode.allCases.filter { $0 != .ok })
  func everyStatusIsExplained(code: StatusCode) async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call(
        "Echo", #"{"failCode":\#(code.rawValue),"failMessage":"as asked","text":"why"}"#)
      #expect(outcome.status == 64 + Int32(code.rawValue))
      #expect(outcome.errors.hasPrefix("\(code.name): as asked\n"), "\(outcome.errors)")
      #expect(outcome.errors.contains("reason   ASKED_FOR (testing.alphintra)"))
      #expect(outcome.errors.contains("text: why"))
      // Only what failed on this side has to do with the platform running.
      #expect(!outcome.errors.contains("make dev"))
    }
  }

  @Test func everyWrongFieldHasALine() throws {
    let error = RPCError(
      .invalidArgument, "two fields are wrong",
      details: [
        .badRequest([
          FieldViolation(field: "quantity", description: "must be positive", reason: "POSITIVE"),
          FieldViolation(field: "symbol", description: "is empty"),
        ]),
        .retryInfo(delay: .milliseconds(1500)), .other(typeURL: "x/y", bytes: [1]),
      ])
    let report = try CallFixture.report(.status(error))
    #expect(
      report.split(separator: "\n") == [
        "INVALID_ARGUMENT: two fields are wrong",
        "  field    quantity: must be positive (POSITIVE)", "  field    symbol: is empty",
        "  retry    after 1500 ms", "  detail   x/y, 1 bytes",
        "To do: `alphintra call --describe TestingService/Echo` shows what it takes.",
      ])
  }

  @Test func afterAFailureAnswersStayPrinted() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call(
        "Chat", #"{"text":"a"}{"failCode":5,"failMessage":"gone"}"#)
      #expect(outcome.lines == [#"{"text":"a"}"#])
      #expect(outcome.status == 69)
      #expect(outcome.errors.contains("NOT_FOUND: gone"))
    }
  }

  @Test func anEndedCallAsksForNoMoreInput() async throws {
    try await CallFixture.run { fixture in
      let (typed, typing) = AsyncStream.makeStream(of: [UInt8].self)
      typing.yield(Array(#"{"failCode":9,"failMessage":"enough"}"#.utf8))
      let input = RequestInput { () async throws(CallFailure) in
        for await bytes in typed { return bytes }
        return nil
      }
      // Typing never ends; the call does.
      let outcome = try await fixture.call("Chat", "-", input: input)
      #expect(outcome.status == 73)
      typing.finish()
    }
  }
}
