import Foundation
import TestSupport
import Testing

@testable import GenericCaller

/// Calls that succeed: every kind, over mutual TLS.
@Suite struct CallTests {
  @Test func unary() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call("Echo", #"{"text":"hello","payload":"AQI="}"#)
      #expect(outcome.output == #"{"text":"hello","payload":"AQI="}"# + "\n")
      #expect(outcome.status == 0)
      #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    }
  }

  @Test func oneRequestIsEmptyUnlessSaid() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call("Echo")
      #expect(outcome.output == "{}\n")
      let whole = try await fixture.call("Echo", nil, ["--defaults"])
      #expect(whole.output.contains("\"text\":\"\""))
    }
  }

  @Test func aPersonGetsLinesAndAProgramOne() async throws {
    try await CallFixture.run { fixture in
      let pretty = "{\n  \"text\": \"a\"\n}\n"
      let compact = "{\"text\":\"a\"}\n"
      let request = #"{"text":"a"}"#
      let onTerminal = try await fixture.call("Echo", request, isInteractive: true)
      let intoPipe = try await fixture.call("Echo", request)
      let wantedPretty = try await fixture.call("Echo", request, ["--pretty"])
      let wantedCompact = try await fixture.call(
        "Echo", request, ["--compact"], isInteractive: true)
      #expect(onTerminal.output == pretty)
      #expect(intoPipe.output == compact)
      #expect(wantedPretty.output == pretty)
      #expect(wantedCompact.output == compact)
    }
  }

  @Test func clientStreaming() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call(
        "Collect", #"{"text":"a"}{"text":"b"}"# + "\n" + #"{"text":"c"}"#)
      #expect(outcome.output == #"{"text":"abc","index":3}"# + "\n")
      #expect(try await fixture.call("Collect", "").output == "{}\n")
    }
  }

  @Test func serverStreaming() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call("Expand", #"{"text":"a","count":3}"#)
      #expect(
        outcome.lines == [
          #"{"text":"a"}"#, #"{"text":"a","index":1}"#, #"{"text":"a","index":2}"#,
        ])
      let none = try await fixture.call("Expand", "{}")
      #expect(none.output.isEmpty)
      #expect(none.status == 0)
    }
  }

  /// An answer comes before the next request is typed.
  @Test func bidirectionalStreamingIsAConversation() async throws {
    try await CallFixture.run { fixture in
      let (typed, typing) = AsyncStream.makeStream(of: String.self)
      let console = Console()
      let input = RequestInput { () async throws(CallFailure) in
        for await text in typed { return Array(text.utf8) }
        return nil
      }
      typing.yield("{\"text\":\"one\"}\n")
      async let outcome = fixture.call("Chat", "-", input: input, console: console)
      try await eventually { console.output == "{\"text\":\"one\"}\n" }
      typing.yield("{\"text\":\"tw")
      typing.yield("o\"}")
      typing.finish()
      let lines = try await outcome.lines
      #expect(lines == [#"{"text":"one"}"#, #"{"text":"two","index":1}"#])
    }
  }

  @Test func requestsFromAFile() async throws {
    try await CallFixture.run { fixture in
      let path = try fixture.write("requests.json", "{\"text\":\"a\"}\n{\"text\":\"b\"}\n")
      let byArgument = try await fixture.call("Chat", "@\(path)")
      let byOption = try await fixture.call("Chat", nil, ["--data", "@\(path)"])
      #expect(byArgument.lines.count == 2)
      #expect(byOption.lines.count == 2)
    }
  }

  @Test func requestsFromStandardInput() async throws {
    try await CallFixture.run { fixture in
      let one = try await fixture.call("Echo", "-", input: Self.typed)
      #expect(one.output.contains("typed"))
      // A stream is whatever is typed.
      let stream = try await fixture.call("Collect", input: Self.typed)
      #expect(stream.output.contains("typed"))
    }
  }

  private static var typed: RequestInput { RequestInput(text: "{\"text\":\"typed\"}") }

  @Test func metadataGoesAndComes() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call(
        "Echo", "{}",
        ["-H", "x-echo=hello", "--metadata", "x-echo-bin=AQID", "--verbose", "--token", "secret"])
      let lines = outcome.errors.split(separator: "\n").map(String.init)
      for line in [
        "* testing at \(fixture.address), as gateway",
        "> alphintra.testing.v1.TestingService/Echo", "> x-echo: hello", "> x-echo-bin: AQID",
        "> authorization: Bearer (13 characters, not shown)", "< x-initial: hello",
        "< x-initial-bin: AQID", "< x-trailing: hello (trailing)",
      ] {
        #expect(lines.contains(line), "\(line) is not in \(outcome.errors)")
      }
      #expect(lines.contains { $0.hasPrefix("> x-correlation-id: ") })
      #expect(lines.last?.hasPrefix("< status: OK after ") == true)
      #expect(!outcome.errors.contains("secret"))
    }
  }

  @Test func theCertificateSaysWhoCalls() async throws {
    try await CallFixture.run { fixture in
      let gateway = try await fixture.call("WhoAmI")
      let trading = try await fixture.call("WhoAmI", nil, ["--as", "trading"])
      #expect(gateway.output.contains("service/gateway"))
      #expect(trading.output.contains("service/trading"))
    }
  }

  @Test func theTokenSaysForWhom() async throws {
    try await CallFixture.run { fixture in
      let file = try fixture.write("token", "ada\n")
      let byFlag = try await fixture.call("WhoIsTheUser", nil, ["--token", "ada"])
      let byFile = try await fixture.call("WhoIsTheUser", nil, ["--token-file", file])
      let byVariable = try await fixture.call(
        "WhoIsTheUser", environment: ["ALPHINTRA_TOKEN": "ada"])
      // The command line is nearer than the environment.
      let byBoth = try await fixture.call(
        "WhoIsTheUser", nil, ["--token", "ada"], environment: ["ALPHINTRA_TOKEN": "old"])
      for outcome in [byFlag, byFile, byVariable, byBoth] {
        #expect(outcome.output.contains("\"userId\":\"ada\""), "\(outcome)")
      }
    }
  }

  @Test func anAddressInsteadOfTheDirectory() async throws {
    try await CallFixture.run { fixture in
      let outcome = try await fixture.call(
        "Echo", nil, ["--directory", "/nowhere", "--address", fixture.address])
      #expect(outcome.status == 0)
    }
  }
}
